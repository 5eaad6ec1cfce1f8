"""Reads a table that people made, as text: CSV or XLSX, and nothing in it is run.

A spreadsheet turns codes into numbers, days into dates and words into formulas. A cell that is not
text is therefore never guessed back but told with its place, and a file is looked at before it is
unpacked, so that a small one cannot fill the memory.
"""

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import python_calamine

from scoring.documents.packed import CELLS, LARGEST, ROWS, Placed, TooMuch, look_into, sheets_of

LONGEST: Final = 32_767
"""Characters of a cell: as many as a spreadsheet itself allows."""

_IS_ERROR = re.compile(rb"\st=[\"']e[\"']")
_ERROR = re.compile(r"#(?:REF|N/A|NAME\?|VALUE|DIV/0|NUM|NULL|SPILL|CALC)[!?]?")


class BadTable(ValueError):
    """A file is no table that can be read; the sentence says why.

    Attributes:
        line: where, from 1; 0 is the file as a whole.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        self.line = line
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: its text, "" where it has none.
        fault: why it cannot be taken as it is, "" where it can.
    """

    text: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table below its headings; `lines` are theirs in the file, from 1."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...]


def read(path: Path) -> Table:
    """Read a table; what it is, is told by its bytes and not by its name.

    Raises:
        BadTable: it is too large, broken, encrypted, or no table.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadTable(f"the file is larger than {LARGEST // 1024 // 1024} MB")
    if not data.strip():
        raise BadTable("the file is empty")
    if data.startswith(b"PK"):
        return _table(_of_workbook(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadTable("this is an old or an encrypted workbook: save it as .xlsx or as CSV UTF-8")
    return _table(_of_csv(data))


Lines = Iterator[tuple[int, tuple[Cell, ...]]]


def _table(lines: Lines) -> Table:
    """Take the first row that is not empty as headings, and leave out empty ones below it."""
    headings: tuple[str, ...] | None = None
    rows: list[tuple[Cell, ...]] = []
    numbers: list[int] = []
    for number, cells in lines:
        if not any(cell.text or cell.fault for cell in cells):
            continue
        if len(cells) > CELLS:
            raise BadTable(f"there are more than {CELLS} columns", number)
        if headings is None:
            headings = tuple(cell.text for cell in cells)
            while headings and not headings[-1]:
                headings = headings[:-1]
            continue
        if len(rows) == ROWS:
            raise BadTable(f"there are more than {ROWS} rows", number)
        rows.append(_within(cells, len(headings)))
        numbers.append(number)
    return Table(headings or (), tuple(rows), tuple(numbers))


def _within(cells: tuple[Cell, ...], width: int) -> tuple[Cell, ...]:
    """Bring a row to the width of the headings; what would be cut off is told."""
    if any(cell.text or cell.fault for cell in cells[width:]):
        cells = (Cell("", "stands in a row with more cells than there are headings"),)
    return cells[:width] + (Cell(""),) * (width - len(cells))


def _of_csv(data: bytes) -> Lines:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadTable("the file is not saved as UTF-8: choose 'CSV UTF-8'", line) from error
    if "\x00" in text:
        raise BadTable("this is neither a workbook nor a CSV file")
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(",;\t", key=first.count)
    csv.field_size_limit(LARGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    before = 0
    try:
        for cells in reader:
            yield before + 1, tuple(_typed(cell) for cell in cells)
            before = reader.line_num
    except csv.Error as error:
        raise BadTable(str(error), before + 1) from error


def _typed(text: str) -> Cell:
    text = text.strip()
    if len(text) > LONGEST:
        return Cell("", f"is longer than {LONGEST} characters")
    if text.startswith(("=", "+", "@")):
        return Cell(text, "begins like a spreadsheet formula")
    return Cell(text, "holds an error of the spreadsheet" if _ERROR.fullmatch(text) else "")


def _of_workbook(data: bytes) -> Lines:
    faults = _looked_at(data)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        name = next(
            (
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible is python_calamine.SheetVisibleEnum.Visible
            ),
            "",
        )
        if not name:
            raise BadTable("the workbook has no sheet that can be seen")
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.PasswordError) as error:
        raise BadTable(f"the workbook cannot be read: {error}") from error
    faulty = faults[book.sheet_names.index(name)]
    for number, row in enumerate(rows, start=1):
        yield (
            number,
            tuple(
                Cell("", faulty[number, place]) if (number, place) in faulty else _valued(value)
                for place, value in enumerate(row)
            ),
        )


Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def _valued(value: Value) -> Cell:
    """Take text and days; a number is told, with what it may have been."""
    if isinstance(value, str):
        return _typed(value)
    if isinstance(value, dt.datetime | dt.date):
        return Cell(value.strftime("%Y-%m-%d"))
    if isinstance(value, bool | dt.time | dt.timedelta):
        return Cell("", f"holds {value}, no text: format the column as text and type it again")
    shown = f"{value:.6f}".rstrip("0").rstrip(".")
    perhaps = f" (was it {value:.6f}?)" if 0 < value < 10 and value != int(value) else ""  # noqa: PLR2004 - codes have one digit before the point
    reason = f"became the number {shown}{perhaps}: format the column as text and type it again"
    return Cell("", reason)


def _looked_at(data: bytes) -> list[dict[tuple[int, int], str]]:
    """Look into a workbook before it is read: its size, and by sheet what cannot be taken.

    Raises:
        BadTable: it would unpack to too much, or is no workbook.
    """
    try:
        return _opened(data)
    except BadTable:
        raise
    except TooMuch as error:
        raise BadTable(str(error), error.line) from error
    except (
        *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, RuntimeError, ValueError),
    ) as error:
        # RuntimeError is also NotImplementedError: zipfile does not know the compression method.
        raise BadTable(f"the workbook cannot be read: {error}") from error


def _opened(data: bytes) -> list[dict[tuple[int, int], str]]:
    with look_into(data) as packed:
        if "xl/workbook.xml" not in packed.namelist():
            raise BadTable("this is no workbook (.xlsx)")
        return [_faults(cells) for cells in sheets_of(packed)]


def _faults(cells: Iterator[Placed]) -> dict[tuple[int, int], str]:
    """Give what is wrong with cells, by line (from 1) and column (from 0): formulas and errors."""
    found = {}
    for cell in cells:
        if cell.is_formula:
            found[cell.line, cell.column] = "holds a formula: paste its value as text"
        elif _IS_ERROR.search(cell.attributes):
            found[cell.line, cell.column] = "holds an error of the spreadsheet"
    return found
