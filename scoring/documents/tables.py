"""The rows of a table in a spreadsheet or a Word document."""

import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from messages.text import Text, _
from scoring.documents.packed import LARGEST, ROWS, TooMuch, look_into, sheets_of


class NoTable(ValueError):
    """A file has no table that could be read.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.msgid)
        self.reason = reason


def rows_of(path: Path) -> list[tuple[int, list[str]]]:
    """Read the first sheet of an .xlsx, or all tables of a .docx one after the other.

    Returns:
        The number of each row, from 1, and the words of its cells.

    Raises:
        NoTable: it is neither, or has no table.
        OSError: it cannot be read.
    """
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise NoTable(_("{file} is neither .xlsx nor .docx.", file=path.name))
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise NoTable(_("{file} is too large for a table.", file=path.name))
    try:
        rows = list(read(content))
    except TooMuch as error:
        raise NoTable(_("{file} is too large for a table.", file=path.name)) from error
    except Exception as error:  # the readers raise a dozen kinds of errors on damaged files
        raise NoTable(_("{file} cannot be read as a table.", file=path.name)) from error
    if not rows:
        raise NoTable(_("{file} has no table.", file=path.name))
    return rows


def _of_sheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - for an import alone

    with look_into(content) as packed:
        for placed in sheets_of(packed):
            deque(placed, maxlen=0)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheet = book.get_sheet_by_index(0)
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield number, [_words(cell) for cell in cells]


def _words(cell: object) -> str:
    """Tell a cell: Excel has 2 as 2.0, and 1.10 as 1.1 where it was not written as text."""
    if isinstance(cell, float):
        return f"{cell:g}"
    return "" if cell is None else str(cell)


def _of_word(content: bytes) -> Iterator[tuple[int, list[str]]]:
    from docx import Document  # noqa: PLC0415 - for an import alone

    look_into(content).close()
    number = 0
    for table in Document(io.BytesIO(content)).tables:
        for row in table.rows:
            number += 1
            if number > ROWS:
                raise TooMuch(f"there are more than {ROWS} rows")
            yield number, [cell.text for cell in row.cells]


READERS: Mapping[str, Callable[[bytes], Iterator[tuple[int, list[str]]]]] = {
    ".xlsx": _of_sheet,
    ".docx": _of_word,
}
"""Ending of a file's name → what reads it."""
