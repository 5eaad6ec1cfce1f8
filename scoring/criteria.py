"""Reads criteria.toml and tells in which line what is wrong with it."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from messages.languages import say
from messages.text import Text, Value, _
from scoring.criteria_checks import doubts
from scoring.measures import EVENT_COUNTS, MEASURES
from scoring.scheme import Scheme
from scoring.toml_lines import Place, line_at, line_of_error, lines_of

__all__ = ["BadCriteria", "Problem", "Scheme", "parse", "read"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the file: its line, from 1, and why."""

    line: int
    reason: Text


class BadCriteria(ValueError):
    """The file cannot be used.

    Attributes:
        file: its path.
        problems: all that is wrong, in the order of the lines. `str` gives a line for each.
    """

    def __init__(self, file: str, problems: Collection[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(self.told("en")))

    def told(self, language: str) -> tuple[str, ...]:
        """Give "file:line: reason" for each problem, each in one line."""
        return tuple(
            f"{self.file}:{problem.line}: {' '.join(say(problem.reason, language).split())}"
            for problem in self.problems
        )


def read(
    path: Path, units: Collection[str] | None = None, kinds: Collection[str] | None = None
) -> Scheme:
    """Read a criteria file.

    Args:
        path: the file, TOML in UTF-8; a byte order mark as Windows writes it does no harm.
        units: the ids of the commune's units, None where they are not known here.
        kinds: the kinds of evidence the service writes, None where they are not known here.

    Raises:
        BadCriteria: with file, line and reason of all that is wrong.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = _("The file cannot be read: {problem}.", problem=error.strerror or str(error))
        raise BadCriteria(str(path), [Problem(1, reason)]) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem(line, _("The file is not saved as UTF-8."))
        raise BadCriteria(str(path), [problem]) from error
    return parse(text, str(path), units, kinds)


def parse(
    text: str,
    file: str,
    units: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> Scheme:
    """Read the text of a criteria file as `read` does; `file` is the name that errors give."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:  # also a number longer than Python reads
        problem = Problem(
            line_of_error(error, text),
            _("This is not written as TOML: {problem}.", problem=str(error)),
        )
        raise BadCriteria(file, [problem]) from error
    try:
        scheme = Scheme.model_validate(document)
    except ValidationError as error:
        wrong = [(found["loc"], _why(found)) for found in error.errors()]
        raise BadCriteria(file, _problems(text, wrong)) from error
    if wrong := list(doubts(scheme, units, kinds)):
        raise BadCriteria(file, _problems(text, wrong))
    return scheme


def _problems(text: str, wrong: Collection[tuple[Place, Text]]) -> list[Problem]:
    lines = lines_of(text)
    return [Problem(line_at(lines, place), reason) for place, reason in wrong]


def _why(found: ErrorDetails) -> Text:
    """Say in a sentence what pydantic found."""
    key = next((part for part in reversed(found["loc"]) if isinstance(part, str)), "")
    places: dict[str, Value] = {
        "key": key,
        "problem": found["msg"],
        "measures": ", ".join(MEASURES),
        "counts": ", ".join(sorted(EVENT_COUNTS)),
        **{name: str(value) for name, value in found.get("ctx", {}).items()},
    }
    return replace(REASONS.get(found["type"], OTHER), args=tuple(places.items()))


REASONS: Mapping[str, Text] = {
    "missing": _("{key} is missing."),
    "extra_forbidden": _("{key} is not known here."),
    "union_tag_invalid": _("The measure {tag} is not known; there are: {measures}."),
    "union_tag_not_found": _("The measure needs a name, one of: {measures}."),
    "points": _("{key} must be points from 0 to 1000, whole or in quarters."),
    "number": _("{key} must be a number up to 1000 with at most four decimals."),
    "count": _("{key}: there is no count {name}; there are: {counts}."),
    "scale": _('steps are given with scale = "steps" and only with it.'),
    "steps": _("The steps must fall from high to low and lie between {lowest} and {highest}."),
    "string_type": _("{key} must be text in quotation marks."),
    "string_too_short": _("{key} must not be empty."),
    "too_short": _("{key} must not be empty."),
    "string_pattern_mismatch": _(
        "{key} must be plain letters, digits, dots and dashes, without spaces or marks."
    ),
    "literal_error": _("{key} must be one of: {expected}."),
}
"""Kind of error in pydantic, or of ours → its sentence."""

OTHER = _("{key} cannot be used: {problem}.")
