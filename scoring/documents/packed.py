"""A look into an office file before it is read, so that a small one cannot fill the memory.

It stands beside what reads annexes because both the table of procedures and an annex need it.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LARGEST: Final = 8 * 1024 * 1024
"""Bytes of a file."""

UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of all that is packed in it."""

PARTS: Final = 500
"""Files packed in it; a workbook has a few dozen."""

ROWS: Final = 5000
CELLS: Final = 100

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*(<(?:\w+:)?f[\s/>])?")
_PLACE = re.compile(rb"\sr=[\"']([A-Z]{1,4})(\d{1,8})[\"']")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\sr=[\"'](\d{1,8})[\"']")
_LISTED = re.compile(rb"<(?:\w+:)?sheet\b[^>]*?\s\w+:id=[\"']([^\"']+)[\"']")
_RELATED = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")


class TooMuch(ValueError):
    """A file would unpack to more than is read; the sentence says what there is too much of.

    Attributes:
        line: where in its sheet, from 1; 0 is the file as a whole.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        self.line = line
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell of a sheet as it is written there.

    Attributes:
        line: from 1.
        column: from 0.
        attributes: of its element.
        is_formula: whether a formula stands in it.
    """

    line: int
    column: int
    attributes: bytes
    is_formula: bool


def look_into(data: bytes) -> zipfile.ZipFile:
    """Open what is packed.

    Raises:
        TooMuch: by what it says of itself it would unpack to too much.
        zipfile.BadZipFile: it is not packed, or broken.
    """
    packed = zipfile.ZipFile(io.BytesIO(data))
    parts = packed.infolist()
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise TooMuch("the file would unpack to too much")
    return packed


def sheets_of(packed: zipfile.ZipFile) -> Iterator[Iterator[Placed]]:
    """Give the cells of each sheet of a workbook, in the order in which it lists the sheets.

    Raises:
        TooMuch: a cell lies so far out that all before it would have to be made.
        KeyError: a sheet that is listed is not there.
    """
    for name in _sheets(packed):
        yield _placed(_unpacked(packed, name))


def _sheets(packed: zipfile.ZipFile) -> list[str]:
    """Give the names of the sheets' parts."""
    targets: dict[bytes, str] = {}
    for found in _RELATED.findall(_unpacked(packed, "xl/_rels/workbook.xml.rels")):
        told = dict(re.findall(rb"\s(\w+)=[\"']([^\"']*)[\"']", found))
        target = told.get(b"Target", b"").decode("utf-8", "replace")
        targets[told.get(b"Id", b"")] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"
    ids = _LISTED.findall(_unpacked(packed, "xl/workbook.xml"))
    return [targets[one] for one in ids]


def _unpacked(packed: zipfile.ZipFile, name: str) -> bytes:
    """Unpack a part, whatever size its own heading claims."""
    with packed.open(name) as part:
        found = part.read(UNPACKED + 1)
    if len(found) > UNPACKED:
        raise TooMuch("the file would unpack to too much")
    return found


def _placed(sheet: bytes) -> Iterator[Placed]:
    for row in _ROW.finditer(sheet):
        _near(int(row[1]), 0)
    for cell in _CELL.finditer(sheet):
        place = _PLACE.search(cell[1])
        if place is None:
            continue
        line, column = int(place[2]), _column(place[1])
        _near(line, column)
        yield Placed(line, column, cell[1], cell[2] is not None)


def _near(line: int, column: int) -> None:
    if line > ROWS + 100:
        raise TooMuch(f"there are more than {ROWS} rows")
    if column >= CELLS:
        raise TooMuch(f"there are more than {CELLS} columns", line)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
