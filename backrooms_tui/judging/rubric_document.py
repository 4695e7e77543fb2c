"""The rubric file as data: which tables and keys it has, and what each may hold."""

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from backrooms_tui.session.judgement import Measure, Rubric
from backrooms_tui.templates.fields import Line, Table, refuse

# More than a judge can keep apart.
MOST_MEASURES = 20
Number = int | float


class Heading(Table):
    """`[rubric]`: what a person reads in a list, and what a judge is told of the whole."""

    title: Line
    about: str = ""


class MeasureTable(Table):
    """One `[[measures]]`."""

    name: Line
    about: str = ""
    low: Number
    high: Number
    low_means: str = Field(default="", max_length=500)
    high_means: str = Field(default="", max_length=500)
    of: Literal["session", "agent"] = "session"
    whole: bool | None = None

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            refuse("has a scale without an end", "give numbers for low and high")
        if self.low >= self.high:
            refuse(f"has a scale from {self.low:g} to {self.high:g}", "low has to be less than high")
        if self.whole and not (float(self.low).is_integer() and float(self.high).is_integer()):
            refuse(f"has whole scores between {self.low:g} and {self.high:g}", "give whole ends, or take out whole")
        return self

    def measure(self) -> Measure:
        """What a judge scores. Whole numbers are wanted where both ends are written as such."""
        written_whole = isinstance(self.low, int) and isinstance(self.high, int)
        whole = written_whole if self.whole is None else self.whole
        texts = [" ".join(text.split()) for text in (self.about, self.low_means, self.high_means)]
        return Measure(self.name.strip(), texts[0], self.low, self.high, texts[1], texts[2], self.of, whole)


class RubricFile(Table):
    """A whole file."""

    rubric: Heading
    measures: list[MeasureTable] = Field(min_length=1, max_length=MOST_MEASURES)

    def as_rubric(self, name: str) -> Rubric:
        """The rubric called `name`."""
        heading = self.rubric
        measures = tuple(one.measure() for one in self.measures)
        return Rubric(name, heading.title.strip(), measures, " ".join(heading.about.split()))
