"""A workbook under construction: texts are never formulas, formulas carry their result."""

import io
import math
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from messages.languages import say
from messages.text import Sayable
from messages.vietnamese import clean
from scoring.documents.many_rows import Cell, serial, with_rows

LONGEST = 32_000
"""Characters of a cell; a spreadsheet takes 32,767."""

FONT = "Times New Roman"

LINE, HIGHEST = 16.5, 400
"""Points of a line, and of the highest row that a spreadsheet takes (409)."""

LETTERS = 0.95
"""Letters of this font and size that fit into one unit of a column's width."""


class Book:
    """A workbook and the formats that its sheets share.

    Args:
        language: of the words.
    """

    def __init__(self, language: str) -> None:
        self._made = io.BytesIO()
        self._language = language
        self._lists: dict[str, Sequence[Sequence[Cell]]] = {}
        self._widths: dict[int, Sequence[float]] = {}
        self._lines: dict[tuple[int, int], int] = {}
        self.workbook = xlsxwriter.Workbook(
            self._made,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        # Whatever program opens it counts the formulas anew.
        self.workbook.set_calc_mode("auto")
        self.title = self._format(bold=True, font_size=14)
        self.note = self._format(italic=True)
        self.heading = self._format(
            bold=True,
            border=1,
            text_wrap=True,
            align="center",
            valign="vcenter",
            bg_color="#DCE6F1",
        )
        self.text = self._format(border=1, text_wrap=True, valign="top")
        self.bold = self._format(border=1, text_wrap=True, valign="top", bold=True)
        self.number = self._format(border=1, valign="top", num_format="#,##0.##")
        self.strong = self._format(border=1, valign="top", num_format="#,##0.##", bold=True)
        self.percent = self._format(border=1, valign="top", num_format="0.0%")
        self.plain = self._format(border=1)
        self.whole = self._format(border=1, num_format="0")
        self.moment = self._format(border=1, num_format="dd/mm/yyyy hh:mm")

    def _format(self, **properties: object) -> Format:
        return self.workbook.add_format({"font_name": FONT, "font_size": 12, **properties})

    def say(self, text: Sayable) -> str:
        """Say a sentence in the workbook's language, as a cell can hold it."""
        return clean(say(text, self._language))[:LONGEST]

    def sheet(self, name: Sayable, widths: Sequence[float], *, landscape: bool = True) -> Worksheet:
        """Add a sheet with columns of these widths, in letters; it prints one page wide on A4."""
        sheet = self.workbook.add_worksheet(self.say(name))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        self._widths[sheet.index] = widths
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        if landscape:
            sheet.set_landscape()
        return sheet

    def write(
        self, sheet: Worksheet, row: int, column: int, value: object, style: Format | None = None
    ) -> None:
        """Write a value; words are always text, whatever they begin with."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, style or self.text)
        elif isinstance(value, datetime):
            sheet.write_number(row, column, serial(value), style or self.moment)
        elif isinstance(value, bool):
            raise TypeError("say yes or no in words")
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, style or self.number)
        else:
            words = self.say(value)  # type: ignore[arg-type] # a number or something sayable
            style = style or self.text
            sheet.write_string(row, column, words, style)
            if style.text_wrap:
                self._make_room(sheet, row, column, words)

    def _make_room(self, sheet: Worksheet, row: int, column: int, words: str) -> None:
        """Note how many lines a text takes: not every program makes a row as high as its text."""
        letters = self._widths[sheet.index][column] * LETTERS
        lines = sum(math.ceil(max(len(line), 1) / letters) for line in words.split("\n"))
        key = sheet.index, row
        self._lines[key] = max(self._lines.get(key, 1), lines)

    def headings(self, sheet: Worksheet, row: int, names: Sequence[Sayable]) -> None:
        """Write a table's headings; they stay when one scrolls and stand on every printed page."""
        for column, name in enumerate(names):
            self.write(sheet, row, column, name, self.heading)
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)

    def listed(
        self,
        sheet: Worksheet,
        row: int,
        rows: Sequence[Sequence[Cell]],
        styles: Sequence[Format],
    ) -> None:
        """Write a long list from a row to the end of the sheet, to be filtered by its headings.

        Args:
            sheet: its headings stand in the row before.
            row: of the list's first row.
            rows: texts and numbers; a moment as `serial` gives it.
            styles: of each column.
        """
        sheet.autofilter(row - 1, 0, row - 1 + max(len(rows), 1), len(styles) - 1)
        first = rows[0] if rows else [""] * len(styles)
        for column, (value, style) in enumerate(zip(first, styles, strict=True)):
            self.write(sheet, row, column, value, style)
        if len(rows) > 1:
            path = f"xl/worksheets/sheet{sheet.index + 1}.xml"
            self._lists[path] = rows[1:]

    def close(self) -> bytes:
        """Give the workbook."""
        sheets = self.workbook.worksheets()
        for (index, row), lines in self._lines.items():
            if lines > 1:
                sheets[index].set_row(row, min(lines * LINE, HIGHEST))
        self.workbook.close()
        content = self._made.getvalue()
        return with_rows(content, self._lists) if self._lists else content
