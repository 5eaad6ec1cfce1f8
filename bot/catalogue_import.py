"""Brings a commune's own table of procedures into its catalogue, all of it or nothing."""

import contextlib
import csv
import fcntl
import io
import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bot.spreadsheet import Table, read
from handlers.procedures import COLUMNS, DATES, TAKEN, Fault, Row, faults, of_row
from handlers.search import PROCEDURES, load_repealed, load_rows
from messages.vietnamese import fold

NEEDED: Final = ("code", "name", "field")
"""Columns without which a table is no catalogue; what else is not in it stays as it was."""

HEADINGS: Final[Mapping[str, str]] = {
    **{column: column for column in COLUMNS},
    "ma": "code",
    "ma thu tuc": "code",
    "ma tthc": "code",
    "ma qr": "guide",
    "ma huong dan": "guide",
    "ten": "name",
    "ten thu tuc": "name",
    "ten thu tuc hanh chinh": "name",
    "ten thuong goi": "title",
    "linh vuc": "field",
    "thoi han": "time_limit",
    "thoi han giai quyet": "time_limit",
    "thoi han theo quy dinh": "time_limit",
    "thoi han sau cat giam": "time_limit_local",
    "sau cat giam": "time_limit_local",
    "le phi": "fee",
    "phi, le phi": "fee",
    "thanh phan ho so": "documents",
    "giay to": "documents",
    "bieu mau": "forms",
    "mau don, to khai": "forms",
    "noi nop": "channel",
    "cach thuc thuc hien": "channel",
    "duong dan": "portal",
    "can cu phap ly": "legal_basis",
    "hieu luc tu": "valid_from",
    "hieu luc den": "valid_to",
    "nguon": "source",
    "do tin cay": "confidence",
    "ngay kiem tra": "checked_on",
    "nguoi kiem tra": "checked_by",
    "cach goi khac": "aliases",
    "de nham voi": "asks_back",
}
"""A heading, folded → the column it stands for."""

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
TOLD: Final = 20
"""Faults that one line tells; the rest is counted."""


class Wrong(ValueError):
    """A table cannot be taken.

    Attributes:
        faults: all that is wrong, by line; the column as the table's own heading names it.
    """

    def __init__(self, path: Path, found: Sequence[Fault]) -> None:
        self.faults = tuple(found)
        first, *more = self.faults
        told = [f"{path}:{first.line}: {first}"]
        told += [f"line {fault.line}: {fault}" for fault in more[: TOLD - 1]]
        if len(more) >= TOLD:
            told.append(f"and {len(more) - TOLD + 1} more")
        super().__init__("; ".join(told))


@dataclass(frozen=True, slots=True)
class Merged:
    """A catalogue with a table brought into it; the three numbers are of the table's rows."""

    rows: tuple[Mapping[str, str], ...]
    added: int
    changed: int
    unchanged: int


def merged(path: Path, folder: Path, today: date) -> Merged:
    """Bring a table together with a commune's catalogue, without writing anything.

    A row of the table takes the place of the one with its code; columns the table does not have,
    and procedures it does not name, stay as they are.

    Raises:
        Wrong: with every fault of the table.
        BadTable: the file is no table.
        CatalogueError: the commune's own files are wrong.
    """
    table = read(path)
    columns = _columns(path, table)
    repealed = load_repealed(folder)
    own = {row["code"]: row for _, row in load_rows(folder / PROCEDURES)}
    found, rows = _cells(table, columns)
    named = {row["code"] for _, row in rows}
    kept = {code: row for code, row in own.items() if code not in named}
    guides = {row["guide"] for row in own.values()}
    whole: list[Row] = []
    for line, row in rows:
        filled = _filled(row, own.get(row["code"], {}), guides)
        guides.add(filled["guide"])
        whole.append((line, filled))
    others = {*kept, *(row["guide"] for row in kept.values())}
    found += faults(whole, repealed, today, others)
    if found:
        headings = {column: table.headings[place] for column, place in columns.items()}
        told = [Fault(f.line, headings.get(f.column, f.column), f.reason) for f in found]
        raise Wrong(path, sorted(dict.fromkeys(told), key=lambda fault: fault.line))
    new = [row for _, row in whole]
    before = [own.get(row["code"]) for row in new]
    changes = [old is not None and of_row(old) != of_row(row) for old, row in _pairs(before, new)]
    added = before.count(None)
    together = sorted((*kept.values(), *new), key=lambda row: row["code"])
    return Merged(tuple(together), added, sum(changes), len(new) - added - sum(changes))


def _pairs(
    before: Sequence[Mapping[str, str] | None], new: Sequence[Mapping[str, str]]
) -> Iterator[tuple[Mapping[str, str] | None, Mapping[str, str]]]:
    return zip(before, new, strict=True)


def _columns(path: Path, table: Table) -> dict[str, int]:
    """Give each column's place; what no column is called is refused rather than lost."""
    columns: dict[str, int] = {}
    found: list[Fault] = []
    for place, heading in enumerate(table.headings):
        column = HEADINGS.get(" ".join(fold(heading).split()), "")
        if not column:
            found.append(Fault(1, "", f"column unknown: {heading!r}"))
        elif column in columns:
            found.append(Fault(1, "", f"column {heading!r} stands there twice"))
        columns.setdefault(column, place)
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        found.append(Fault(1, "", f"column missing: {', '.join(missing)}"))
    if not found and not table.rows:
        found.append(Fault(0, "", "no procedure in it"))
    if found:
        raise Wrong(path, found)
    return columns


def _cells(table: Table, columns: Mapping[str, int]) -> tuple[list[Fault], list[Row]]:
    """Give the table's rows by column, and what of their cells is no text."""
    found: list[Fault] = []
    rows: list[Row] = []
    for line, cells in zip(table.lines, table.rows, strict=True):
        row: dict[str, str] = {}
        for column, place in columns.items():
            if cells[place].fault:
                found.append(Fault(line, column, cells[place].fault))
            row[column] = _one_line(column, cells[place].text)
        if not any(fault.line == line for fault in found):
            rows.append((line, row))
    return found, rows


def _one_line(column: str, text: str) -> str:
    """Write a cell in one line; papers on lines of their own are a list."""
    between = "; " if column == "documents" else " "
    lines = (
        " ".join(line.split()).rstrip(";" if column == "documents" else "")
        for line in text.splitlines()
    )
    joined = between.join(line for line in lines if line)
    day = _DAY_FIRST.fullmatch(joined) if column in DATES else None
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else joined


def _filled(
    row: Mapping[str, str], own: Mapping[str, str], guides: Collection[str]
) -> dict[str, str]:
    """Fill the columns that the table does not have, of a new procedure as little as there is."""
    filled = {column: row.get(column, own.get(column, "")) for column in COLUMNS}
    if "confidence" not in row and not own:
        filled["confidence"] = "low"
    filled["guide"] = filled["guide"] or own.get("guide", "") or _guide(filled["name"], guides)
    return filled


def _guide(name: str, guides: Collection[str]) -> str:
    """Make a guide's code for a procedure that has none: DK01 of "Đăng ký …"."""
    initials = [word[0].upper() for word in fold(name.removeprefix("Thủ tục ")).split() if word]
    letters = "".join(letter for letter in initials if "A" <= letter <= "Z")
    pairs = (first + second for i, first in enumerate(letters) for second in letters[i + 1 :])
    for pair in (*pairs, *(f"{first}X" for first in letters)):
        for number in range(1, 100):
            code = f"{pair}{number:02}"
            if pair not in TAKEN and code not in guides:
                return code
    return ""


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one import at a time work on a commune's folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Put a catalogue in place of the commune's own, at one stroke."""
    told = io.StringIO()
    writer = csv.DictWriter(told, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({column: row.get(column, "") for column in COLUMNS} for row in rows)
    path = folder / PROCEDURES
    handle, name = tempfile.mkstemp(dir=folder, prefix=".procedures-", suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(told.getvalue())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
