"""Reads the rows of an export: a code stays a text, a date is read in each form Excel makes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from handlers.commune_records import Commune
from handlers.dossier_columns import Table, plain
from handlers.dossier_reasons import (
    LONG_CODE,
    NO_CODE,
    NOT_A_CODE,
    NOT_A_DATE,
    NUMBER,
    TWICE,
)
from handlers.dossier_records import DossierColumn
from messages.languages import ZONE
from messages.text import Text
from messages.vietnamese import clean
from storage.dossiers import Exported, Stage, in_one_form

LONGEST_CODE = 64
LONGEST = 200
"""Characters of a value that are kept."""

MOST_WRONG = 200
"""Wrong cells that are listed."""

DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's own, without a zone
FIRST_YEAR, LAST_YEAR = 2000, 2100
DIGITS = 4
SHORTEST_PHONE = 8

_CODE = re.compile(r"[0-9A-Z][0-9A-Z./_-]*[0-9A-Z]", re.ASCII)
_KEPT = re.compile(r"[0-9A-Z][0-9A-Z./_-]{0,62}[0-9A-Z]", re.ASCII)
_HAS_DIGIT = re.compile(r"[0-9]")
_SCIENTIFIC = re.compile(r"\d[.,]?\d*E\+?\d+")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_TIME = r"(?P<hour>\d{1,2})[:hg](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
_DAY = r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4}|\d{2})"
_ISO = r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_DAY}(?:[\s,]+{_TIME})?",
        rf"{_TIME}[\s,]+(?:ngày\s+)?{_DAY}",
        rf"{_ISO}(?:[T\s]+{_TIME})?\s*{_ZONE}",
    )
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A cell that cannot be read.

    Attributes:
        row: as Excel numbers it.
        column: its letter.
        value: what stands there, shortened.
        reason: why it cannot be read.
    """

    row: int
    column: str
    value: str
    reason: Text


class _NotADate(Exception):
    """A value is none of the forms of a date."""


@dataclass(slots=True)
class Rows:
    """Reads rows one after the other, and keeps what was odd about them.

    Attributes:
        commune: knows how exports say things.
        table: where the columns are.
        wrong: cells that cannot be read; with any of them nothing is imported.
        wrong_count: how many there are, also those that are not listed.
        same: rows that repeat another one exactly.
        without_phone: dossiers that nobody can ask about in the chat.
        unfinished_dates: dossiers that are finished and do not say when.
        unknown: statuses that commune.toml does not know, and how often they came.
        online, paper: how many came which way.
    """

    commune: Commune
    table: Table
    wrong: list[Wrong] = field(default_factory=list)
    wrong_count: int = 0
    same: int = 0
    without_phone: int = 0
    unfinished_dates: int = 0
    unknown: dict[str, int] = field(default_factory=dict)
    online: int = 0
    paper: int = 0
    _places: tuple[tuple[DossierColumn, int], ...] = ()
    _row: int = 0
    _seen: dict[int, tuple[int, int]] = field(default_factory=dict)
    _stages: Mapping[str, Stage] = field(default_factory=dict)
    _ways: Mapping[str, bool] = field(default_factory=dict)
    _units: Mapping[str, str] = field(default_factory=dict)
    _footer: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._places = tuple(self.table.columns.items())
        rules = self.commune.dossiers
        self._stages = {
            plain(word): Stage(stage) for stage, words in rules.statuses.items() for word in words
        }
        self._ways = {plain(word): False for word in rules.paper}
        self._ways |= {plain(word): True for word in rules.online}
        self._units = {plain(name): unit.id for unit in rules.units for name in unit.names}
        self._units |= {plain(unit.name.vi): unit.id for unit in self.commune.units}

    def read(self, chunk: Iterable[Sequence[object]]) -> list[Exported]:
        """Read the next rows; those before the table are passed over."""
        return [one for row in chunk if (one := self._next(row)) is not None]

    def finish(self) -> None:
        """Judge the rows after the last dossier: a table's foot is none of them."""
        self._footer.clear()

    def _next(self, row: Sequence[object]) -> Exported | None:
        number = self._row
        self._row += 1
        if number < self.table.begins:
            return None
        width = len(row)
        cells: dict[DossierColumn, object] = {
            column: row[place] for column, place in self._places if place < width
        }
        if _is_blank(cells.get("code", "")) and all(map(_is_blank, cells.values())):
            return None
        code = self._code(number, cells)
        if code is None:
            return None
        for foot, value in self._footer:
            # More dossiers follow, so it was none of the table's foot.
            self._refuse(foot, "code", value, NO_CODE if not value else NOT_A_CODE)
        self._footer.clear()
        one = self._exported(number, code, cells)
        fingerprint = hash(one)
        before = self._seen.get(hash(code))
        if before is None:
            self._seen[hash(code)] = (number + 1, fingerprint)
            self._count(one)
            return one
        if before[1] == fingerprint:
            self.same += 1
        else:
            reason = Text(TWICE.msgid, (("row", before[0]),))
            self._refuse(number, "code", code, reason)
        return None

    def _code(self, number: int, cells: Mapping[DossierColumn, object]) -> str | None:
        cell = cells.get("code", "")
        if isinstance(cell, str) and _KEPT.fullmatch(cell) and _HAS_DIGIT.search(cell):
            if not _SCIENTIFIC.fullmatch(cell):
                return cell
        elif isinstance(cell, float | int | tuple) and not isinstance(cell, bool):
            self._refuse(number, "code", _shown(cell), NUMBER)
            return None
        text = in_one_form(clean(str(cell))) if isinstance(cell, str) else ""
        if _SCIENTIFIC.fullmatch(text):
            self._refuse(number, "code", text, NUMBER)
        elif len(text) > LONGEST_CODE:
            self._maybe_foot(number, cells, text, LONG_CODE)
        elif not _CODE.fullmatch(text) or not any(map(str.isdigit, text)):
            self._maybe_foot(number, cells, str(cell), NOT_A_CODE if text else NO_CODE)
        else:
            return text
        return None

    def _maybe_foot(
        self, number: int, cells: Mapping[DossierColumn, object], value: str, reason: Text
    ) -> None:
        """Pass over what is no dossier: a heading within the table, the lines below it."""
        filled = {column for column, cell in cells.items() if not _is_blank(cell)} - {"code"}
        if filled & {"received", "due", "status", "finished"}:
            self._refuse(number, "code", value, reason)
        elif filled:
            self._footer.append((number, value))

    def _exported(self, number: int, code: str, cells: Mapping[DossierColumn, object]) -> Exported:
        received = self._moment(number, "received", cells, last=False)
        due = self._moment(number, "due", cells, last=True)
        finished = self._moment(number, "finished", cells, last=False)
        status = _text(cells.get("status", ""))
        return Exported(
            code=code,
            stage=self._stage(status, finished),
            status=status,
            applicant=_text(cells.get("applicant", "")),
            digits=_last_digits(cells.get("phone", "")),
            procedure=_text(cells.get("procedure", "")),
            field=_text(cells.get("field", ""))[:128],
            unit=self._units.get(_plain(_text(cells.get("unit", ""))), ""),
            holder=_text(cells.get("holder", "")) or _text(cells.get("unit", "")),
            note=_text(cells.get("note", "")),
            received_at=received,
            due_at=due,
            finished_at=finished,
            online=self._ways.get(_plain(_text(cells.get("channel", "")))),
        )

    def _count(self, one: Exported) -> None:
        self.without_phone += not one.digits
        self.online += one.online is True
        self.paper += one.online is False
        done = one.stage in {Stage.READY, Stage.RETURNED}
        self.unfinished_dates += done and one.finished_at is None

    def _stage(self, status: str, finished: datetime | None) -> Stage:
        if status:
            known = self._stages.get(_plain(status))
            if known is not None:
                return known
            self.unknown[status] = self.unknown.get(status, 0) + 1
            return Stage.READY if finished else Stage.OTHER
        return Stage.READY if finished else Stage.PROCESSING

    def _moment(
        self,
        number: int,
        column: DossierColumn,
        cells: Mapping[DossierColumn, object],
        *,
        last: bool,
    ) -> datetime | None:
        cell = cells.get(column, "")
        if _is_blank(cell):
            return None
        try:
            return moment_of(cell, last=last)
        except _NotADate:
            self._refuse(number, column, _shown(cell), NOT_A_DATE)
            return None

    def _refuse(self, number: int, column: DossierColumn, value: str, reason: Text) -> None:
        self.wrong_count += 1
        if len(self.wrong) < MOST_WRONG:
            letter = self.table.letter(column)
            self.wrong.append(Wrong(number + 1, letter, value[:40], reason))


def in_order(wrong: Sequence[Wrong]) -> Iterator[Wrong]:
    """Give wrong cells as they stand in the sheet."""
    yield from sorted(wrong, key=lambda one: (one.row, one.column))


_BLANKS = frozenset(("", "-", "--", "null", "none", "n/a", "không có", "chưa có"))


def _is_blank(cell: object) -> bool:
    if cell == "":
        return True
    # No word for nothing is longer.
    return isinstance(cell, str) and len(cell) < 12 and cell.strip().lower() in _BLANKS  # noqa: PLR2004


def _shown(cell: object) -> str:
    if isinstance(cell, tuple):
        return str(cell[1])
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


_plain = lru_cache(maxsize=8192)(plain)


@lru_cache(maxsize=8192, typed=True)
def _text(cell: object) -> str:
    if not isinstance(cell, str):
        return _shown(cell)
    return "" if _is_blank(cell) else " ".join(clean(cell).split())[:LONGEST]


def _last_digits(cell: object) -> str:
    """Give the last four digits of the first telephone number in a cell, "" where none is whole."""
    if isinstance(cell, str) and _PHONE.fullmatch(cell):
        return cell[-DIGITS:]
    text = _shown(cell) if isinstance(cell, float | int) else cell
    if not isinstance(text, str) or not text:
        return ""
    for part in _PARTS.split(text):
        digits = _NO_DIGIT.sub("", part)
        hidden = part.rstrip()[-DIGITS:]
        if len(digits) >= SHORTEST_PHONE or ("*" in part and hidden.isdigit()):
            return digits[-DIGITS:]
    return ""


_PARTS, _NO_DIGIT = re.compile(r"[,;/\n]"), re.compile(r"[^0-9]+")
_PHONE = re.compile(rf"[0-9]{{{SHORTEST_PHONE},}}")


@lru_cache(maxsize=32_768, typed=True)
def moment_of(cell: str | float | tuple[str, str], *, last: bool) -> datetime:
    """Read a date with or without its hour.

    Args:
        cell: a date of Excel's, its number of days since 1900, or a text in one of three forms.
        last: whether a day without an hour means its last moment, else its first.

    Raises:
        Exception: it is none of these, or a year that no dossier has.
    """
    if isinstance(cell, tuple):
        found = _of_text(cell[1])
    elif isinstance(cell, str):
        text = cell.strip()
        found = (
            _of_number(float(text.replace(",", "."))) if _SERIAL.fullmatch(text) else _of_text(text)
        )
    elif isinstance(cell, bool):
        raise _NotADate
    else:
        found = _of_number(cell)
    moment, has_hour = found
    if last and not has_hour:
        # The database keeps milliseconds.
        return moment + timedelta(days=1) - timedelta(milliseconds=1)
    return moment


def _of_number(days: float) -> tuple[datetime, bool]:
    if not 36_526 <= days < 73_051:  # noqa: PLR2004 - the years 2000 to 2099 in days since 1900
        raise _NotADate
    moment = DAY_ZERO + timedelta(seconds=round(days * 86_400))
    return moment.replace(tzinfo=ZONE).astimezone(UTC), moment.time() != time()


def _of_text(text: str) -> tuple[datetime, bool]:
    for form in _FORMS:
        found = form.fullmatch(text.strip())
        if found is None:
            continue
        parts = found.groupdict()
        year = int(parts["year"])
        year += 2000 * (year < 100)  # noqa: PLR2004 - two digits
        has_hour = parts["hour"] is not None
        try:
            moment = datetime(
                year,
                int(parts["month"]),
                int(parts["day"]),
                int(parts["hour"] or 0),
                int(parts["minute"] or 0),
                int(parts["second"] or 0),
                tzinfo=ZONE,
            )
            if parts.get("zone"):
                told = moment.replace(tzinfo=None).isoformat() + parts["zone"]
                moment = datetime.fromisoformat(told).astimezone(ZONE)
        except (ValueError, OverflowError) as error:
            # Overflow: the last day of the calendar, in a zone where it is still the day before.
            raise _NotADate from error
        if not FIRST_YEAR <= moment.year < LAST_YEAR:
            raise _NotADate
        # Midnight is what Excel writes for a day without an hour.
        return moment.astimezone(UTC), has_hour and moment.time() != time()
    raise _NotADate
