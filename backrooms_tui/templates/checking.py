"""Everything that is wrong with a template file, each thing with its line and what would be right."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.blanks import blanks_in, mistakes_in
from backrooms_tui.templates.consistency import inconsistencies
from backrooms_tui.templates.document import GIVEN_WORDS, RULES_WORDS, Template
from backrooms_tui.templates.filling import FillError, SeatChoice, fill
from backrooms_tui.templates.filling_rules import fill_rules
from backrooms_tui.templates.findings import Finding, Severity, key_text, render_findings, sentence
from backrooms_tui.templates.locating import KeyPath, Locations, Spot
from backrooms_tui.templates.reading import FILE_LIMIT
from backrooms_tui.templates.sandbox import BlankError
from backrooms_tui.templates.shape import Mistake, read_toml, shape_mistakes

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
        self._check_names(data)
        self._check_blanks(data)
        if template is not None:
            for mistake in inconsistencies(template):
                self._add(mistake.path, mistake.what, mistake.cure, severity=mistake.severity)
        if template is not None and self.sound:
            self._try(template)
        return template

    def _check_names(self, data: Mapping[str, Any]) -> None:
        """Names that are the same as they stand. Names that become the same when filled get numbers instead."""
        first: dict[str, int] = {}
        for index, agent in enumerate(_agents(data)):
            name = agent.get("name")
            if not isinstance(name, str) or "{" in name:
                continue
            folded = name.strip().casefold()
            if folded in first:
                what = f"is {name!r}, which agents[{first[folded]}] is called already"
                self._add(("agents", index, "name"), what, "give every agent a name of its own")
            first.setdefault(folded, index)

    def _check_blanks(self, data: Mapping[str, Any]) -> None:
        variables = data.get("variables")
        variables = variables if isinstance(variables, Mapping) else {}
        names = list(variables)
        seats = len(_agents(data))
        known = {*names, *(word for word in GIVEN_WORDS if word != "other" or seats == 2)}
        used: Counter[str] = Counter()
        for path, text in _texts(data):
            if "{" not in text and len(text) < _SHORT:
                continue  # no blank, and no length that could be too much
            of_rules = path[0] == "rules"
            for mistake in mistakes_in(text, {*names, *RULES_WORDS} if of_rules else known):
                if mistake.word == "other" and seats != 2:
                    only = "'other' is only for templates of two agents"
                    mistake = BlankError(only, "write agents[0], agents[1], …", mistake.line, "other")
                elif of_rules and mistake.word in ("self", "other"):
                    only = f"{mistake.word!r} means nobody in the rules"
                    mistake = BlankError(only, "write agents[0], agents[1], …", mistake.line, mistake.word)
                self._add_within(path, mistake)
            try:
                used.update(blanks_in(text))
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
        values = {
            name: variable.choices[0] if variable.choices else name
            for name, variable in template.variables.items()
            if variable.default is None
        }
        for models in ([0] * template.seats, range(template.seats)):
            seats = [SeatChoice(f"some/model-{model}", f"Company {model}", f"Model {model}") for model in models]
            try:
                fill(template, values, seats)
                fill_rules(template, values, seats)
            except FillError as error:
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


def _agents(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _tables(data.get("agents"))


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[KeyPath, str]]:
    """Every text that may have blanks, as far as the file has the right shape."""
    for index, agent in enumerate(_agents(data)):
        agents: KeyPath = ("agents", index)
        yield from _under(agents, agent, "name", "description", "system", "system_same")
        for number, seed in enumerate(_tables(agent.get("history"))):
            yield from _under((*agents, "history", number), seed, "text")
        yield from _under((*agents, "reminder"), agent.get("reminder"), "text")
    rules = data.get("rules")
    if not isinstance(rules, Mapping):
        return
    for index, cue in enumerate(_tables(rules.get("cues"))):
        yield from _under(("rules", "cues", index), cue, "text", "to", "brings", "sends_away")
    for index, step in enumerate(_tables(rules.get("ladder"))):
        yield from _under(("rules", "ladder", index), step, "text")
        topics = step.get("topics")
        for number, topic in enumerate(topics if isinstance(topics, list) else ()):
            if isinstance(topic, str):
                yield ("rules", "ladder", index, "topics", number), topic


def _under(path: KeyPath, table: object, *keys: str) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(table, Mapping):
        for key in keys:
            if isinstance(table.get(key), str):
                yield (*path, key), table[key]


def _tables(value: object) -> list[Mapping[str, Any]]:
    """The tables of a list, in their places: what is not one counts as an empty one."""
    return [table if isinstance(table, Mapping) else {} for table in value] if isinstance(value, list) else []
