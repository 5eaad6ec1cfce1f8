"""Reads what a commune says about itself, refuses what is wrong and lists what is lacking.

`load` reads `commune.toml` and `calendar.toml`. What nobody told us stays empty and is shown as
"not updated yet"; what was assumed carries its source and the mark "cần xác nhận". `warnings` lists
both.
"""

import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from handlers.calendar_records import WEEKDAYS, Week, WorkingTime
from handlers.commune_records import (
    CannedAnswer,
    Category,
    Commune,
    Contact,
    Deadline,
    Direction,
    Directions,
    Leader,
    Limits,
    Link,
    Privacy,
    Reception,
    Refusal,
    Retention,
    Unit,
)
from handlers.deadlines import overlap
from handlers.publication_records import Publication, Publications
from handlers.toml_records import BLANK, Bilingual, Record, Sourced
from handlers.village_records import Area
from messages.languages import say
from messages.text import Text, Value, _
from messages.vietnamese import fold
from scoring.toml_lines import Place, line_at, line_of_error, lines_of

__all__ = [
    "Area",
    "BadCommune",
    "Bilingual",
    "CannedAnswer",
    "Category",
    "Commune",
    "Contact",
    "Deadline",
    "Direction",
    "Directions",
    "Gap",
    "Leader",
    "Limits",
    "Link",
    "Privacy",
    "Problem",
    "Publication",
    "Reception",
    "Refusal",
    "Retention",
    "Unit",
    "load",
    "load_publications",
    "read_file",
    "shown",
    "warnings",
]

COMMUNE = "commune.toml"
PUBLICATIONS = "publications.toml"
CALENDAR = "calendar.toml"

LONGEST_CLOSURE = 60
"""Days off in one entry beyond which a mistyped year is likelier than a holiday."""

Finding: TypeAlias = tuple[Place, Text]
Model = TypeVar("Model", bound=Record)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file.

    Attributes:
        file: its path as it was given.
        line: from 1; 1 also where the whole file is meant.
        reason: what is wrong.
    """

    file: Path
    line: int
    reason: Text


class BadCommune(ValueError):
    """The commune's files cannot be used.

    Attributes:
        problems: all that is wrong, by file and line. `str` gives a line for each, in English.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda found: (found.file, found.line)))
        super().__init__("\n".join(self.told("en")))

    def told(self, language: str) -> tuple[str, ...]:
        """Give "file:line: reason" for each problem, each in one line."""
        return tuple(
            f"{found.file}:{found.line}: {' '.join(say(found.reason, language).split())}"
            for found in self.problems
        )


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    data: dict[str, object]
    lines: Mapping[Place, int]

    def problem(self, place: Place, reason: Text) -> Problem:
        return Problem(self.path, line_at(self.lines, place), reason)


def load(folder: Path) -> Commune:
    """Read the two files of a commune's folder.

    Raises:
        BadCommune: a file is missing, is no TOML, or says something that cannot be.
    """
    problems: list[Problem] = []
    times_file = _read(folder / CALENDAR, problems)
    own_file = _read(folder / COMMUNE, problems)
    times = times_file and _validated(WorkingTime, times_file, {}, problems)
    if times_file and times:
        problems += [times_file.problem(*finding) for finding in _wrong_times(times)]
    commune = None
    if own_file:
        # A stand-in lets this file be checked to its end while the other one is wrong.
        known = {"working_time": times or WorkingTime(week=Week())}
        commune = _validated(Commune, own_file, known, problems)
    if own_file and commune:
        problems += [own_file.problem(*finding) for finding in _wrong_names(commune)]
    if problems or commune is None:
        raise BadCommune(problems)
    return commune


def load_publications(folder: Path) -> tuple[Publication, ...]:
    """Read what a commune publishes in its own words; nothing where it has no such file.

    Raises:
        BadCommune: the file is no TOML, or says something that cannot be.
    """
    path = folder / PUBLICATIONS
    if not path.exists():
        return ()
    problems: list[Problem] = []
    file = _read(path, problems)
    found = file and _validated(Publications, file, {}, problems)
    if file and found:
        ids = [one.id for one in found.publications]
        for index in _repeated(ids):
            reason = _("The id {id} stands here a second time.", id=ids[index])
            problems.append(file.problem(("publications", index, "id"), reason))
    if problems or not found:
        raise BadCommune(problems)
    return found.publications


def read_file(path: Path, model: type[Model]) -> tuple[Model, Mapping[Place, int]]:
    """Read another TOML file of the commune's folder; give it with the lines of its places.

    Raises:
        BadCommune: it is missing, is no TOML, or says something that cannot be.
    """
    problems: list[Problem] = []
    file = _read(path, problems)
    found = _validated(model, file, {}, problems) if file else None
    if file is None or found is None or problems:
        raise BadCommune(problems)
    return found, file.lines


def _read(path: Path, problems: list[Problem]) -> _File | None:
    """Read a file as editors on any system save it: with or without a byte order mark."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        problems.append(Problem(path, 1, _("The file cannot be read: {problem}.", problem=why)))
        return None
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(Problem(path, line, _("The file is not saved as UTF-8.")))
        return None
    try:
        return _File(path, tomllib.loads(text), lines_of(text))
    except ValueError as error:  # also a number longer than Python reads
        reason = _("This is not written as TOML: {problem}.", problem=str(error))
        problems.append(Problem(path, line_of_error(error, text), reason))
        return None


def _validated(
    model: type[Model], file: _File, known: Mapping[str, object], problems: list[Problem]
) -> Model | None:
    """Make a record of a file; `known` are fields that come from elsewhere, not from the file."""
    problems += [
        file.problem((key,), _("{key} is not known here.", key=key))
        for key in known.keys() & file.data.keys()
    ]
    try:
        return model.model_validate({**file.data, **known})
    except ValidationError as error:
        for found in error.errors():
            problems.append(file.problem(found["loc"], _why(found)))
    return None


def _why(found: ErrorDetails) -> Text:
    """Say in a sentence what pydantic found."""
    parts = (str(part + 1) if isinstance(part, int) else part for part in found["loc"])
    places: dict[str, Value] = {
        "key": ".".join(parts),
        "value": str(found["input"]),
        "problem": found["msg"],
        "expected": str(found.get("ctx", {}).get("expected", "")),
    }
    return replace(REASONS.get(found["type"], OTHER), args=tuple(places.items()))


REASONS: Mapping[str, Text] = {
    "missing": _("{key} is missing."),
    "extra_forbidden": _("{key} is not known here."),
    "string_type": _("{key} must be text in quotation marks."),
    "string_too_short": _("{key} must not be empty."),
    "too_short": _("{key} must not be empty."),
    "literal_error": _("{key} must be one of: {expected}."),
    "enum": _("{key} must be one of: {expected}."),
    "string_pattern_mismatch": _(
        "{key} must be lower-case letters without marks, digits, and _ or - between them."
    ),
    "int_type": _("{key} must be a whole number above 0."),
    "greater_than": _("{key} must be a whole number above 0."),
    "date_type": _("{key} must be a date like 2026-01-31."),
    "date_from_datetime_parsing": _("{key} must be a date like 2026-01-31."),
    "interval": _("{key}: {value} is not a span of hours like 07:30-11:30."),
    "roster": _("{key} needs either a weekday (0 is Monday) or a date."),
    "phone": _("{key}: {value} is not a telephone number; leave it empty until it is known."),
    "web_address": _("{key}: {value} is not an address that begins with https://."),
}
"""Kind of error in pydantic, or of ours → its sentence."""

OTHER = _("{key} cannot be used: {problem}.")


def _wrong_names(commune: Commune) -> Iterator[Finding]:
    """Find ids and titles that stand twice, and units that do not exist."""
    lists = {
        "units": [unit.id for unit in commune.units],
        "leaders": [leader.id for leader in commune.leaders],
        "contacts": [contact.id for contact in commune.contacts],
        "emergencies": [contact.id for contact in commune.emergencies],
        "links": [link.id for link in commune.links],
        "categories": [category.id for category in commune.categories],
        "topics": [topic.id for topic in commune.topics],
        "refusals": [refusal.id for refusal in commune.refusals],
        "kinds": [kind.id for kind in commune.kinds],
        "answers": [answer.id for answer in commune.answers],
    }
    for name, ids in lists.items():
        for index in _repeated(ids):
            yield (name, index, "id"), _("The id {id} stands here a second time.", id=ids[index])
    titles = [fold(category.title.vi) for category in commune.categories]
    for index in _repeated(titles):
        title = commune.categories[index].title.vi
        yield (
            ("categories", index, "title"),
            _("The title {title} stands here a second time.", title=title),
        )
    for name, named in (
        ("households", [one.village for one in commune.households]),
        ("centres", [one.village for one in commune.centres]),
    ):
        for index, village in enumerate(named):
            if village not in commune.villages:
                unknown = _("No village is called {name}.", name=village)
                yield (name, index, "village"), unknown
        for index in _repeated(named):
            twice = _("The id {id} stands here a second time.", id=named[index])
            yield (name, index, "village"), twice
    sought: list[tuple[Place, str]] = [(("default_unit",), commune.default_unit)]
    sought += [(("categories", i, "unit"), c.unit) for i, c in enumerate(commune.categories)]
    sought += [(("dossiers", "units", i, "id"), u.id) for i, u in enumerate(commune.dossiers.units)]
    sought += [(("kinds", i, "unit"), k.unit) for i, k in enumerate(commune.kinds) if k.unit]
    sought += [(("roster", i, "unit"), one.unit) for i, one in enumerate(commune.roster)]
    known = ", ".join(lists["units"])
    for place, unit in sought:
        if commune.unit(unit) is None:
            yield (
                place,
                _("The unit {unit} is not known; there are: {known}.", unit=unit, known=known),
            )


def _repeated(values: list[str]) -> list[int]:
    return [index for index, value in enumerate(values) if value in values[:index]]


def _wrong_times(times: WorkingTime) -> Iterator[Finding]:
    """Find hours that overlap, dates told twice, and exchanges that exchange nothing."""
    week = times.week.days
    hours = [(("week", name), day) for name, day in zip(WEEKDAYS, week, strict=True)]
    worked = [(("working_days", i, "hours"), d.hours) for i, d in enumerate(times.working_days)]
    for place, day_hours in (*hours, *worked):
        if overlap(day_hours):
            yield place, _("The hours overlap or are out of order.")
    if not any(week):
        yield ("week",), _("No day of the week has working hours.")
    told: Counter[date] = Counter()
    for place, day in _dates(times):
        told[day] += 1
        if told[day] == 2:  # noqa: PLR2004 - the second time, and only then
            yield place, _("The date {date} stands in this file a second time.", date=day)
    for index, off in enumerate(times.days_off):
        if off.until and not 0 <= (off.until - off.date).days < LONGEST_CLOSURE:
            yield (
                ("days_off", index, "until"),
                _("The days off end before they begin, or run too long."),
            )
    for index, swap in enumerate(times.swapped_days):
        if not week[swap.off.weekday()]:
            yield (
                ("swapped_days", index, "off"),
                _("{date} is no working day that could be given off.", date=swap.off),
            )


def _dates(times: WorkingTime) -> Iterator[tuple[Place, date]]:
    for index, off in enumerate(times.days_off):
        yield from ((("days_off", index, "date"), day) for day in off.dates())
    for index, worked in enumerate(times.working_days):
        yield ("working_days", index, "date"), worked.date
    for index, swap in enumerate(times.swapped_days):
        yield ("swapped_days", index, "off"), swap.off
        yield ("swapped_days", index, "working"), swap.working


def shown(value: str) -> str | Text:
    """Give what the commune wrote, or say that it has not told us yet."""
    return value or _("not updated yet")


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the commune still has to tell or to confirm.

    Attributes:
        file: "commune.toml" or "calendar.toml".
        place: where in it: "units.vp.phone".
        text: what is lacking.
    """

    file: str
    place: str
    text: Text


def warnings(commune: Commune) -> list[Gap]:
    """List everything that is empty or marked "cần xác nhận", in the order of the files."""
    own = (Gap(COMMUNE, place, text) for place, text in _gaps(commune, ""))
    times = (Gap(CALENDAR, place, text) for place, text in _gaps(commune.working_time, ""))
    return [*own, *times]


def _gaps(value: object, place: str) -> Iterator[tuple[str, Text]]:
    if isinstance(value, tuple):
        for number, item in enumerate(value, start=1):
            yield from _gaps(item, f"{place}.{getattr(item, 'id', number)}")
    if not isinstance(value, Record):
        return
    if isinstance(value, Sourced) and value.mark:
        yield place, _("to be confirmed; source: {source}", source=shown(value.source))
    for name, field in type(value).model_fields.items():
        inner: object = getattr(value, name)
        at = f"{place}.{name}" if place else name
        if BLANK in field.metadata and not inner:
            yield at, _("not updated yet")
        elif not isinstance(inner, WorkingTime):
            yield from _gaps(inner, at)
