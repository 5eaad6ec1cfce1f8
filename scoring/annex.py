"""The official annex, a table of criteria and components, becomes a criteria file.

A table has headings (Stt, tiêu chí, điểm tối đa, đơn vị chủ trì …), rows of criteria ("I", "1") and
below each its components ("1.1", or 1, 2, 3). All that is wrong is told with its row, and nothing
is written.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from messages.text import Text, _
from messages.vietnamese import clean, fold
from scoring.criteria import BadCriteria, Problem, Scheme, parse
from scoring.measures import MEASURES
from scoring.scheme import Component
from scoring.schemes import moved

Rows = Sequence[tuple[int, Sequence[str]]]
"""Number of a row, from 1, and the words of its cells."""

ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "max": ("diem toi da", "diem chuan", "thang diem", "so diem", "diem"),
    "support": ("phoi hop",),
    "lead": ("chu tri", "don vi"),
    "measure": ("cach do",),
    "title": ("tieu chi", "noi dung"),
    "number": ("stt", "tt", "ma", "so tt"),
    "note": ("ghi chu",),
}
"""Column → words that its heading has, folded; the first that fits is taken."""

_CRITERION = re.compile(
    r"(?:tieu chi\s*)?(?:(?P<roman>[ivx]+)|(?P<digits>\d{1,2}))\.?", re.IGNORECASE
)
_COMPONENT = re.compile(r"(?P<of>[IVXivx]+|\d{1,2})\.(?P<number>\d{1,2})\.?")
_POINTS = re.compile(r"\d{1,4}(?:[.,]\d{1,2}0*)?")
_TOTAL = re.compile(r"(?:tong|cong|tong cong|tong so|tong diem|cong diem)(?: diem)?[ :]*")
_BARE = re.compile(r"\d{1,2}\.?")


@dataclass(frozen=True, slots=True)
class Named:
    """What the file says beside the table.

    Attributes:
        id, title, source, valid_from: of the scheme.
        units: id of a unit → its name.
        known: the criteria used so far: measures, evidence and levels are taken over from there.
    """

    id: str
    title: str
    source: str
    valid_from: date
    units: Mapping[str, str]
    known: Scheme


@dataclass(slots=True)
class _Part:
    row: int
    id: str
    title: str
    points: str
    lead: str
    support: str
    measure: str
    note: str


@dataclass(slots=True)
class _Group:
    row: int
    id: str
    title: str
    points: str
    roman: bool
    parts: list[_Part] = field(default_factory=list)


def imported(rows: Rows, file: str, named: Named) -> str:
    """Give the text of a criteria file.

    Args:
        rows: the table.
        file: its name, for errors.
        named: what else is to be known.

    Raises:
        BadCriteria: with the row and the reason of all that is wrong.
    """
    problems: list[Problem] = []
    groups = _groups(rows, problems)
    if problems:
        raise BadCriteria(file, problems)
    text, lines = _Writer(named, problems).written(groups)
    if problems:
        raise BadCriteria(file, problems)
    try:
        scheme = parse(text, file, named.units)
    except BadCriteria as error:
        # Its lines are those of the text; the editor knows the rows of the table.
        raise BadCriteria(
            file, [Problem(_row_of(lines, one.line), one.reason) for one in error.problems]
        ) from error
    if wrong := list(moved(named.known, scheme)):
        raise BadCriteria(file, [Problem(1, reason) for reason in wrong])
    return text


def _row_of(lines: Mapping[int, int], line: int) -> int:
    return lines[max(known for known in lines if known <= line)]


def _groups(rows: Rows, problems: list[Problem]) -> list[_Group]:
    """Sort the rows of the table into criteria and their components."""
    columns: dict[str, int] = {}
    groups: list[_Group] = []
    for row, written in rows:
        cells = [" ".join(clean(cell).split()) for cell in written]
        if not columns:
            columns = _columns(cells)
        elif any(cells):
            told = {
                name: cells[place] if place < len(cells) else "" for name, place in columns.items()
            }
            problems += (Problem(row, reason) for reason in _taken(row, told, groups))
    if not columns:
        problems.append(
            Problem(1, _("No row has the headings: a criterion's name and its maximum of points."))
        )
    elif not groups and not problems:
        problems.append(Problem(1, _("The table has no criterion.")))
    return groups


def _taken(row: int, told: Mapping[str, str], groups: list[_Group]) -> Iterator[Text]:
    """Take a row as a criterion or a component; tell what is wrong with it."""
    number, title, points = told.get("number", ""), told["title"], told["max"]
    if _TOTAL.fullmatch(fold(title or number)):
        return
    if not title:
        yield _("The row has no name of a criterion or component.")
        return
    if (wrong := _wrong_points(points)) is not None:
        yield wrong
    lead = told.get("lead", "")
    if group := _criterion(number, groups, lead):
        groups.append(_Group(row, group, title, points, roman=not number.strip(". ")[-1].isdigit()))
    elif not groups:
        yield _("A component stands before the first criterion.")
    else:
        more = (told.get(name, "") for name in ("support", "measure", "note"))
        part = _Part(row, _component(number, groups[-1]), title, points, lead, *more)
        groups[-1].parts.append(part)


def _columns(cells: Sequence[str]) -> dict[str, int]:
    """Find the columns by their headings; nothing where this is no row of headings."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        heading = fold(cell)
        for name, words in HEADINGS.items():
            fits = heading in words if name == "number" else any(w in heading for w in words)
            if fits and name not in found:
                found[name] = place
                break
    return found if {"title", "max"} <= set(found) else {}


def _criterion(number: str, groups: Sequence[_Group], lead: str) -> str:
    """Give the id of the criterion that a row begins, "" where it is a component."""
    found = _CRITERION.fullmatch(number)
    if found is None:
        return ""
    if found["roman"]:
        return str(ROMAN.get(found["roman"].upper(), "")) or ""
    digits = str(int(found["digits"]))
    # Below criteria with Roman numbers components are counted 1, 2, 3.
    follows = digits == str(len(groups) + 1) and not any(group.roman for group in groups)
    return digits if follows and not lead else ""


def _component(number: str, group: _Group) -> str:
    if found := _COMPONENT.fullmatch(number):
        of = str(ROMAN.get(found["of"].upper(), found["of"]))
        return f"{of}.{found['number']}"
    if _BARE.fullmatch(number):
        return f"{group.id}.{int(number.rstrip('.')):02}"
    return f"{group.id}.{len(group.parts) + 1:02}"


def _wrong_points(typed: str) -> Text | None:
    if typed in {"", "?", "-", "–"} or _POINTS.fullmatch(typed):
        return None
    return _("{typed} are no points.", typed=typed)


class _Writer:
    """Writes the file, and remembers which row of the table each line comes from."""

    def __init__(self, named: Named, problems: list[Problem]) -> None:
        self._named, self._problems = named, problems
        self._lines: list[str] = []
        self._rows: dict[int, int] = {1: 1}
        self._titles = {fold(part.title): part for part in named.known.components}
        self._units = {fold(name): id_ for id_, name in named.units.items()}

    def written(self, groups: Sequence[_Group]) -> tuple[str, Mapping[int, int]]:
        """Give the text, and line → row of the table."""
        named = self._named
        total = sum(float(_number(group.points)) for group in groups)
        self._lines = [
            f"id = {_quoted(named.id)}",
            f"title = {_quoted(named.title)}",
            f"source = {_quoted(named.source)}",
            f"valid_from = {named.valid_from.isoformat()}",
            f"total = {total:g}",
        ]
        if named.known.registered_level is not None:
            self._lines.append(f"registered_level = {named.known.registered_level}")
            self._lines.append(f"registered_source = {_quoted(named.known.registered_source)}")
        for level in named.known.levels:
            self._lines += ["", "[[levels]]", f"id = {level.id}"]
            self._lines += [f"min = {level.min}"] if level.min is not None else []
            self._lines += [f"below = {level.below}"] if level.below is not None else []
            self._lines.append(f"source = {_quoted(level.source)}")
        for group in groups:
            self._table(group.row, "[[criteria]]")
            if not _POINTS.fullmatch(group.points):
                self._problems.append(
                    Problem(group.row, _("Criterion {id} has no points.", id=group.id))
                )
            self._lines += [
                f"id = {_quoted(group.id)}",
                f"title = {_quoted(group.title)}",
                f"max = {_number(group.points)}",
                'source = "decision"',
            ]
            if not group.parts:
                self._problems.append(
                    Problem(group.row, _("Criterion {id} has no components.", id=group.id))
                )
            for part in group.parts:
                self._table(part.row, "[[criteria.components]]")
                self._lines += self._component(part)
        return "\n".join(self._lines) + "\n", self._rows

    def _table(self, row: int, header: str) -> None:
        self._lines += ["", header]
        self._rows[len(self._lines)] = row

    def _component(self, part: _Part) -> Iterator[str]:
        # By name alone: the official number may be that of something else in the file so far.
        known = self._titles.get(fold(part.title))
        yield f"id = {_quoted(part.id)}"
        yield f"title = {_quoted(part.title)}"
        if _POINTS.fullmatch(part.points):
            yield f"max = {_number(part.points)}"
            yield 'max_source = "decision"'
        yield 'criterion_source = "decision"'
        yield from self._lead(part)
        if part.support and (support := list(self._supporting(part))):
            yield f"support_units = [{', '.join(map(_quoted, support))}]"
        yield f"measure = {self._measure(part, known)}"
        if known is not None and known.evidence:
            yield f"evidence = [{', '.join(map(_quoted, known.evidence))}]"
        if part.note:
            yield f"note = {_quoted(part.note)}"

    def _lead(self, part: _Part) -> Iterator[str]:
        name = fold(part.lead)
        if name in self._units:
            yield f"lead_unit = {_quoted(self._units[name])}"
            yield 'lead_source = "decision"'
        elif name.startswith("cac "):
            # "Các cơ quan, đơn vị" is nobody's task alone.
            yield f"lead_note = {_quoted(part.lead)}"
        elif name:
            self._unknown(part.row, part.lead)

    def _supporting(self, part: _Part) -> Iterator[str]:
        for name in re.split(r"[;,]", part.support):
            if fold(name).strip() in self._units:
                yield self._units[fold(name).strip()]
            elif name.strip() and not fold(name).strip().startswith("cac "):
                self._unknown(part.row, name.strip())

    def _unknown(self, row: int, name: str) -> None:
        known = ", ".join(self._named.units.values())
        reason = _("The unit {unit} is not known; there are: {known}.", unit=name, known=known)
        self._problems.append(Problem(row, reason))

    def _measure(self, part: _Part, known: Component | None) -> str:
        if not part.measure:
            return _inline(known) if known is not None else '{ name = "manual" }'
        if part.measure == "manual":
            return '{ name = "manual" }'
        try:
            written = tomllib.loads(f"measure = {part.measure}")["measure"]
        except (tomllib.TOMLDecodeError, KeyError):
            written = {"name": part.measure}
        if not isinstance(written, dict) or written.get("name") not in MEASURES:
            name = written.get("name") if isinstance(written, dict) else part.measure
            self._problems.append(
                Problem(
                    part.row,
                    _(
                        "The measure {tag} is not known; there are: {measures}.",
                        tag=str(name),
                        measures=", ".join(MEASURES),
                    ),
                )
            )
        return part.measure if part.measure.startswith("{") else _quoted(part.measure)


def _number(points: str) -> str:
    """Give points as the file writes them, 0 where they are none."""
    return points.replace(",", ".") if _POINTS.fullmatch(points) else "0"


def _inline(component: Component) -> str:
    """Write a measure as it stands in a criteria file."""
    rule = component.measure.model_dump(exclude_defaults=True)
    return _value({"name": component.measure.name, **rule})


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ").replace("\t", " ")
    return f'"{escaped}"'
