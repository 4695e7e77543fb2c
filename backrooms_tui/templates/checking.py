"""Everything that is wrong with a template file, each thing with its line and what would be right."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD
from backrooms_tui.templates.blanks import blanks_in, mistakes_in
from backrooms_tui.templates.consistency import inconsistencies
from backrooms_tui.templates.document import GIVEN_WORDS, HOST, RULES_WORDS, Template
from backrooms_tui.templates.filling import FillError, SeatChoice, fill
from backrooms_tui.templates.filling_rules import fill_rules
from backrooms_tui.templates.findings import Finding, Severity, key_text, render_findings, sentence
from backrooms_tui.templates.locating import KeyPath, Locations, Spot
from backrooms_tui.templates.reading import FILE_LIMIT
from backrooms_tui.templates.sandbox import BlankError
from backrooms_tui.templates.shape import Mistake, read_toml, shape_mistakes
from backrooms_tui.templates.talks import WrittenTalk, WrittenText, talks_in

_SHORT = 10_000  # characters

__all__ = ["Finding", "check_text", "checked_template", "render_findings", "sentence"]


def check_text(text: str, filename: str) -> list[Finding]:
    """What is wrong with the template file `text`, in the order of its lines. Never raises."""
    return checked_template(text, filename)[1]


def checked_template(text: str, filename: str) -> tuple[Template | None, list[Finding]]:
    """The template that `text` is (None where it has errors) and everything found in it, in the order of its lines."""
    text = text.removeprefix("\ufeff")
    if len(text) > FILE_LIMIT:
        return None, [Finding(filename, 1, None, "", "is too long for a template", "keep it under 1 MB")]
    check = _Check(text, filename)
    template = check.run()
    findings = sorted(check.findings, key=lambda finding: (finding.line, finding.column or 0))
    return template if check.sound else None, findings


class _Check:
    def __init__(self, text: str, filename: str) -> None:
        self.text = text
        self.filename = filename
        self.locations = Locations(text)
        self.findings: list[Finding] = []

    @property
    def sound(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    def run(self) -> Template | None:
        data = read_toml(self.text, self.locations)
        if isinstance(data, Mistake):
            self._add(data.path, data.what, data.cure, spot=data.spot)
            return None
        template, mistakes = shape_mistakes(data)
        for mistake in mistakes:
            self._add(mistake.path, mistake.what, mistake.cure)
        self._check_blanks(data)
        if template is not None:
            for mistake in inconsistencies(template):
                self._add(mistake.path, mistake.what, mistake.cure, severity=mistake.severity)
        if template is not None and self.sound:
            self._try(template)
        return template

    def _check_names(self, talk: WrittenTalk) -> None:
        """Names that are the same as they stand. Names that become the same when filled get numbers instead."""
        first: dict[str, int] = {}
        for index, agent in enumerate(talk.agents):
            name = agent.get("name")
            if not isinstance(name, str) or "{" in name:
                continue
            folded = name.strip().casefold()
            if folded in first:
                other = key_text((*talk.path, "agents", first[folded]))
                what = f"is {name!r}, which {other} is called already"
                self._add((*talk.path, "agents", index, "name"), what, "give every agent a name of its own")
            first.setdefault(folded, index)

    def _check_blanks(self, data: Mapping[str, Any]) -> None:
        variables = data.get("variables")
        variables = variables if isinstance(variables, Mapping) else {}
        names = list(variables)
        used: Counter[str] = Counter()
        for talk in talks_in(data):
            self._check_names(talk)
            known = _Known(names, len(talk.agents), council=bool(talk.path))
            for written in talk.texts():
                if "{" not in written.text and len(written.text) < _SHORT:
                    continue  # no blank, and no length that could be too much
                for mistake in mistakes_in(written.text, known.to(written)):
                    self._add_within(written.path, known.told(mistake, written))
                try:
                    used.update(blanks_in(written.text))
                except BlankError:
                    used.update(names)  # it may be used where the text cannot be read
        for name in names:
            path = ("variables", name)
            if not used[name]:
                cure = f"write {{{{ {name} }}}} where it belongs, or take it out"
                self._add(path, "is never used", cure, severity="warning")
            default = variables[name].get("default") if isinstance(variables[name], Mapping) else None
            if isinstance(default, str) and ("{{" in default or "{%" in default):
                what = "has a blank in it, which stays as it is: values are plain text"
                self._add((*path, "default"), what, "write the text itself", severity="warning")

    def _try(self, template: Template) -> None:
        """Fill it, with one model in all seats and with a different one in each: what no rule foresaw shows here."""
        made_up = {
            name: variable.choices[0] if variable.choices else name
            for name, variable in template.variables.items()
            if variable.default is None
        }
        for models in ([0] * template.seats, range(template.seats)):
            seats = [
                SeatChoice(f"{WORLD}/{agent.world}", "CLI", "CLI")
                if agent.world
                else SeatChoice(f"some/model-{model}", f"Company {model}", f"Model {model}")
                for model, agent in zip(models, template.agents, strict=True)
            ]
            try:
                fill(template, made_up, seats)
                fill_rules(template, made_up, seats)
            except FillError as error:
                # Only a person's own value says how many rounds there are.
                if not (made_up and "rounds" in error.path):
                    self._add_within(error.path, error.error)
                return
            except OperatorError as error:
                self._add((), error.what, error.cure)
                return

    def _add_within(self, path: KeyPath, mistake: BlankError) -> None:
        spot = self.locations.within(path, mistake.line or 1, mistake.word)
        self._add(path, mistake.what, mistake.cure, spot=spot)

    def _add(
        self, path: KeyPath, what: str, cure: str, *, spot: Spot | None = None, severity: Severity = "error"
    ) -> None:
        spot = spot or self.locations.of(path)
        # A key, a value or a message may bring line breaks of its own; a finding is one line.
        what, cure = (" ".join(part.split()) for part in (what, cure))
        self.findings.append(Finding(self.filename, spot.line, spot.column, key_text(path), what, cure, severity))


class _Known:
    """Which words the blanks of one talk can say, and what is wrong with one that they cannot."""

    def __init__(self, variables: Iterable[str], seats: int, *, council: bool) -> None:
        self._seats = seats
        self._council = council
        host = (HOST,) if council else ()
        self._to_rules = {*variables, *RULES_WORDS, *host}
        self._to_agents = {*variables, *(word for word in GIVEN_WORDS if word != "other" or seats == 2), *host}

    def to(self, written: WrittenText) -> set[str]:
        """What the blanks of a text know."""
        return self._to_agents if written.of_agent else self._to_rules

    def told(self, mistake: BlankError, written: WrittenText) -> BlankError:
        """`mistake` in better words, where a word means something elsewhere."""
        word, what = mistake.word, ""
        cure = "write agents[0], agents[1], …"
        if mistake.what != f"nothing is called {word!r}":
            return mistake
        if word == "other" and self._seats != 2:
            only = "councils of two members" if self._council else "templates of two agents"
            what = f"'other' is only for {only}"
        elif word in ("self", "other") and not written.of_agent:
            where = "an opening" if written.path[-1] == "opening" else "the rules"
            what = f"{word!r} means nobody in {where}"
        elif word == HOST and not self._council:
            what = "'host' means nobody outside a council"
            cure = f"{'write self, or ' if written.of_agent else ''}{cure}"
        return BlankError(what, cure, mistake.line, word) if what else mistake
