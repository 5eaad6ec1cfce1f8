"""The rows of the catalogue of procedures: what they say, and what is wrong with them.

A row is text in every cell, so that a code never becomes a number. Whoever reads rows of whatever
file gives them to `faults` before they are used.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Any, Final

ONE_CODE: Final = re.compile(r"\d\.\d{6}")
ONE_GUIDE: Final = re.compile(r"[A-Z]{2}\d{2}")
CONFIDENCE: Final = ("high", "medium", "low")
LONGEST: Final = 4000
"""Characters of a cell; the longest on record has 1,500."""

LISTS: Final = frozenset({"aliases", "asks_back"})
DATES: Final = frozenset({"valid_from", "valid_to", "checked_on"})
ENTRIES: Final = ("GY01", "DG01", "LV01")
"""Codes of posters that lead to feedback, to the survey, to the reception schedule: no guides."""

TAKEN: Final = frozenset({"CT", "DC", "CC", "TK"})
"""Letters of official forms (CT01 is one for residence): no new guide's code begins with them."""

_FEE = re.compile(
    r"(?P<channel>[^:\[\]]+): (?P<words>.+?)(?: \[(?P<start>[\d-]*)\.\.(?P<end>[\d-]*)\])?"
)
_UNIT = re.compile(r"ngày|giờ|phút|tuần|tháng|năm|buổi|day|hour|week|month", re.IGNORECASE)
_FORMULA: Final = ("=", "+", "@")


class By(StrEnum):
    """How a dossier is handed in, as the catalogue writes it."""

    ANY = "mọi hình thức"
    IN_PERSON = "trực tiếp"
    ONLINE = "trực tuyến"
    POST = "bưu chính"


@dataclass(frozen=True, slots=True)
class Fee:
    """What a procedure costs by one channel.

    Attributes:
        by: the channel.
        words: the amount and what it depends on.
        start: the first day on which it holds, None = always did.
        end: the last one, None = until further notice.
    """

    by: By
    words: str
    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Tell whether it holds on a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One administrative procedure of the commune, as the catalogue file tells it.

    Every field is text as it stands in the file; an empty one is unknown, never a default.

    Attributes:
        code: national code, `1.001193`.
        guide: short code for posters and typing, `KS01`.
        name: the official name; `title` is how people call it, for posters and choices.
        time_limit: by national rule, with its unit; `time_limit_local` is the province's shorter
            one, which counts.
        fee: `fees` reads it: parts apart by "|", each `channel: words [from..to]`.
        documents: papers to bring, apart by ";"; `forms` are their printed forms.
        channel: where to hand in.
        portal: its page on the national portal.
        valid_from: first day on which the legal basis is in force, and `valid_to` the last.
        confidence: `high`, `medium` or `low`: how well the row is confirmed.
        checked_on: the day on which `checked_by` of the commune last compared it with its source.
        aliases: how people call it.
        asks_back: codes of procedures that are easily meant instead.
    """

    code: str
    guide: str
    name: str
    field: str
    confidence: str
    title: str = ""
    time_limit: str = ""
    time_limit_local: str = ""
    fee: str = ""
    documents: str = ""
    forms: str = ""
    channel: str = ""
    portal: str = ""
    legal_basis: str = ""
    valid_from: str = ""
    valid_to: str = ""
    source: str = ""
    checked_on: str = ""
    checked_by: str = ""
    aliases: tuple[str, ...] = ()
    asks_back: tuple[str, ...] = ()

    @property
    def plain_title(self) -> str:
        """How people call it; the official name without its first words where nobody said."""
        title = self.title or self.name.removeprefix("Thủ tục ")
        return title[:1].upper() + title[1:]

    @property
    def fees(self) -> tuple[Fee, ...]:
        """All its fees, past and to come."""
        return tuple(fee for part in split(self.fee) if (fee := read_fee(part)))

    def fees_on(self, day: date) -> tuple[Fee, ...]:
        """Give the fees that hold on a day."""
        return tuple(fee for fee in self.fees if fee.holds(day))

    def is_outdated(self, day: date) -> bool:
        """Tell whether the legal basis is not, or no longer, in force on a day."""
        start, end = as_date(self.valid_from), as_date(self.valid_to)
        return (start is not None and day < start) or (end is not None and end < day)

    def needs_checking(self, day: date) -> bool:
        """Tell whether people must be told to ask before they rely on it."""
        return self.confidence != CONFIDENCE[0] or self.is_outdated(day)


COLUMNS: Final = tuple(field.name for field in fields(Procedure))
REQUIRED: Final = ("code", "guide", "name", "field", "confidence")


@dataclass(frozen=True, slots=True)
class Repealed:
    """A procedure code that is no longer in force and what stands in its place, where known."""

    code: str
    replaced_by: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell; `column` is "" where it is the row, `line` counts from 1."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


def split(cell: str) -> tuple[str, ...]:
    """Give the parts of a cell that lists several."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def as_date(cell: str) -> date | None:
    """Read a date as the catalogue writes it, None where the cell is empty or none."""
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return None


def read_fee(part: str) -> Fee | None:
    """Read one part of a fee cell; words without a channel hold for each one, always.

    None where a day in its brackets is none, or the end is before the start.
    """
    found = _FEE.fullmatch(part)
    if found is None or found["channel"].strip().lower() not in set(By):
        return None if part.endswith("]") and ".." in part else Fee(By.ANY, part)
    start, end = as_date(found["start"] or ""), as_date(found["end"] or "")
    unread = (found["start"] and start is None) or (found["end"] and end is None)
    if unread or (start and end and end < start):
        return None
    return Fee(By(found["channel"].strip().lower()), found["words"], start, end)


def of_row(row: Mapping[str, str]) -> Procedure:
    """Make a procedure of a row that has no fault."""
    cells: dict[str, Any] = {name: row.get(name, "") for name in COLUMNS}
    return Procedure(**cells | {name: split(cells[name]) for name in LISTS})


Row = tuple[int, Mapping[str, str]]
"""A row's line in its file and its cells by column."""


def faults(
    rows: Sequence[Row],
    repealed: Collection[str],
    today: date | None = None,
    others: Collection[str] = (),
) -> Iterator[Fault]:
    """Find all that is wrong.

    Args:
        rows: of a whole catalogue, or those that come into one.
        repealed: codes that must not be offered.
        today: for new rows, which must not be out of date already; None for those that stand.
        others: codes, of procedures and guides, that stand in the catalogue besides.
    """
    seen: dict[str, int] = {}
    for line, row in rows:
        late = () if today is None else _out_of_time(row, today)
        for column, reason in chain(_wrong(row, repealed), late):
            yield Fault(line, column, reason)
        for column in ("code", "guide"):
            name = row.get(column, "")
            if name and name in seen:
                yield Fault(line, column, f"{name} stands in line {seen[name]} already")
            elif name in others:
                yield Fault(line, column, f"{name} is another procedure's in the catalogue")
            seen.setdefault(name, line)
    known = {*seen, *others}
    for line, row in rows:
        for code in split(row.get("asks_back", "")):
            if code == row.get("code") or code not in known:
                yield Fault(line, "asks_back", f"{code!r} is no other procedure")


def _wrong(row: Mapping[str, str], repealed: Collection[str]) -> Iterator[tuple[str, str]]:
    code, guide, confidence = row["code"], row["guide"], row["confidence"]
    if not ONE_CODE.fullmatch(code):
        yield "code", f"{code!r} does not look like 1.001193 (did a spreadsheet shorten it?)"
    if code in repealed:
        yield "code", f"{code} is repealed"
    if not ONE_GUIDE.fullmatch(guide):
        yield "guide", f"{guide!r} does not look like KS01"
    if guide in ENTRIES:
        yield "guide", f"{guide} stands for something else on posters"
    if confidence not in CONFIDENCE:
        yield "confidence", f"{confidence!r} is none of {', '.join(sorted(CONFIDENCE))}"
    for column in ("name", "field"):
        if not row[column]:
            yield column, "is empty"
    for column, cell in row.items():
        if why := _unfit(cell):
            yield column, why
    yield from _wrong_figures(row)


def _unfit(cell: str) -> str:
    """Tell why a cell cannot be taken whatever its column, "" where it can."""
    if cell.startswith(_FORMULA):
        return "begins like a spreadsheet formula"
    if len(cell) > LONGEST:
        return f"is longer than {LONGEST} characters"
    return "" if cell.isprintable() else "has a line break or a character that cannot be printed"


def _wrong_figures(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for column in ("time_limit", "time_limit_local"):
        cell = row.get(column, "")
        if re.search(r"\d", cell) and not _UNIT.search(cell):
            yield column, f"{cell!r} has no unit: days, working days, hours?"
    for part in split(row.get("fee", "")):
        if read_fee(part) is None:
            yield "fee", f"{part!r} is not like 'trực tuyến: 0đ [2026-08-08..2031-12-31]'"
    for column in sorted(DATES):
        cell = row.get(column, "")
        if cell and as_date(cell) is None:
            yield column, f"{cell!r} is no date like 2026-01-31"
    start, end = as_date(row.get("valid_from", "")), as_date(row.get("valid_to", ""))
    if start and end and end < start:
        yield "valid_to", f"{end} is before valid_from, {start}"
    if bool(row.get("checked_on")) != bool(row.get("checked_by")):
        yield "checked_by", "checked_on and checked_by are given together or not at all"
    portal = row.get("portal", "")
    if portal and not re.fullmatch(r"https://\S+", portal):
        yield "portal", f"{portal!r} is no address that begins with https://"


def _out_of_time(row: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    """Find what a row of today must not say: what is over, and checks still to come."""
    end, checked = as_date(row.get("valid_to", "")), as_date(row.get("checked_on", ""))
    if end and end < today:
        yield "valid_to", f"{end} is past: the legal basis is no longer in force"
    if checked and checked > today:
        yield "checked_on", f"{checked} is still to come"
    for part in split(row.get("fee", "")):
        fee = read_fee(part)
        if fee and fee.end and fee.end < today:
            yield "fee", f"{part!r} ended on {fee.end}, which is past"
