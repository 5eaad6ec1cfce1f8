"""Long lists for a spreadsheet, written as its XML at once.

xlsxwriter takes some 25 µs for a cell; a register of 50,000 rows would take ten seconds. It still
makes the workbook, with the first row of each list; the other rows are put behind that one, in its
formats, with their texts in the cells themselves.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from messages.languages import ZONE
from scoring.documents.drawing import escaped

Cell: TypeAlias = str | int | float | None

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's hours have no zone
FIRST_OF_1970 = 25569
DAY, SEVEN_HOURS = 86_400_000, 7 * 3_600_000
"""Milliseconds."""

_CELL = re.compile(r'<c r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?')
_DIMENSION = re.compile(r"<dimension [^>]*/>")
_END = "</sheetData>"


def serial(moment: datetime) -> float:
    """Give a moment as a spreadsheet counts it: days, in the hours of Viet Nam."""
    local = moment.astimezone(ZONE).replace(tzinfo=None)
    return (local - _EPOCH).total_seconds() / 86400


def serial_of(milliseconds: int) -> float:
    """Give a moment told in milliseconds since 1970 UTC as a spreadsheet counts it.

    Viet Nam has been seven hours ahead since 1975, without summer time.
    """
    return FIRST_OF_1970 + (milliseconds + SEVEN_HOURS) / DAY


def with_rows(workbook: bytes, lists: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
    """Put rows behind the last one of some sheets of a workbook.

    Args:
        workbook: as xlsxwriter made it; each list's last row gives the formats.
        lists: path of a sheet in the workbook ("xl/worksheets/sheet4.xml") → its further rows.
    """
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for item in old.infolist():
            content = old.read(item)
            if item.filename in lists:
                content = _extended(content.decode(), lists[item.filename]).encode()
            new.writestr(item, content)
    return made.getvalue()


def _extended(sheet: str, rows: Iterable[Sequence[Cell]]) -> str:
    head, _end, tail = sheet.rpartition(_END)
    last = head[head.rindex("<row ") :]
    number = int(last.split('r="', 1)[1].split('"', 1)[0])
    columns = [(letter, f' s="{style}"' if style else "") for letter, style in _CELL.findall(last)]
    # It told how far the sheet goes; without it every program looks for itself.
    head = _DIMENSION.sub("", head, count=1)
    return "".join((head, *_rows(rows, number + 1, columns), _END, tail))


def _rows(
    rows: Iterable[Sequence[Cell]], first: int, columns: Sequence[tuple[str, str]]
) -> Iterator[str]:
    """Write rows; what a cell has behind its number is written once for each text of a column."""
    prepared = [(f'<c r="{letter}', f'"{style}><v>', f'"{style}') for letter, style in columns]
    ends: list[dict[str, str]] = [{} for _column in columns]
    for number, row in enumerate(rows, start=first):
        at = str(number)
        cells = [f'<row r="{at}">']
        for (begin, numeric, textual), known, value in zip(prepared, ends, row, strict=True):
            if isinstance(value, str):
                if not value:
                    continue
                end = known.get(value)
                if end is None:
                    words = escaped(value)
                    end = (
                        f'{textual} t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
                    )
                    known[value] = end
                cells.append(begin + at + end)
            elif value is not None:
                cells.append(f"{begin}{at}{numeric}{value}</v></c>")
        cells.append("</row>")
        yield "".join(cells)
