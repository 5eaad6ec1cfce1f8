"""Reads the cells of an export in a process of its own, which a bad file may kill.

A workbook is a stranger's program to its reader: a few bytes may unpack to gigabytes or lie about
how far a sheet reaches. So the file is opened where memory and time are limited, and only plain
cells come out, as marshalled lists on stdout:

    ["sheets", [[name, first column, cells of the first rows], …]]   then, for the sheet whose
    number is written to stdin, lists of rows until an empty list; or ["refused", reason]

Rows are counted from the sheet's first, columns from the first column that holds anything.
"""

import csv
import datetime as dt
import io
import itertools
import marshal
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

Cell: TypeAlias = str | float | int | bool | tuple[str, str]
"""What a cell holds; a date is ("moment", ISO 8601), an empty cell is ""."""

HEAD = 40
"""Rows in which the titles of the columns are looked for."""

CHUNK = 1000
LONGEST_FILE = 30 * 1024 * 1024
"""Bytes; an export of 100,000 dossiers has 6 million."""

UNPACKED = 600 * 1024 * 1024
"""Bytes that a workbook may unpack to."""

MEMORY = 2 * 1024**3
SECONDS = 120
MOST_ROWS = 300_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"

# A formula whose result is an empty text says so by its type.
_UNCALCULATED: Final = re.compile(
    rb'<c\b(?![^>]*\bt="str")[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
_LONGEST_CELL: Final = 10_000
"""Bytes of a cell with its formula, which may have 8192 characters."""

_ERROR: Final = re.compile(rb'<c\b[^>]*\bt="e"[^>]*>')
_PLACE: Final = re.compile(rb'\br="([A-Z]+[0-9]+)"')
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml$")


class Unreadable(Exception):
    """The file cannot be read.

    Args:
        word: why, a word of `handlers.dossier_reasons.UNREADABLE`.
        place: the cell that is meant, "" for none.
    """

    def __init__(self, word: str, place: str = "") -> None:
        super().__init__(word)
        self.word, self.place = word, place


def main() -> int:
    """Serve one file; give the exit code."""
    _limit()
    out = sys.stdout.buffer
    try:
        sheets = read(Path(sys.argv[1]))
        marshal.dump(["sheets", [_head(sheet) for sheet in sheets]], out)
        out.flush()
        chosen = sys.stdin.readline().strip()
        if chosen:
            _send(sheets[int(chosen)][2], out)
    except Unreadable as error:
        marshal.dump(["refused", [error.word, error.place]], out)
    out.flush()
    return 0


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


Sheet: TypeAlias = tuple[str, int, Iterable[Iterable[object]]]
"""Name, first column from 0, and rows that may be read more than once."""


def _head(sheet: Sheet) -> list[object]:
    name, column, rows = sheet
    return [name, column, [_plain(row) for row in itertools.islice(iter(rows), HEAD)]]


def _send(rows: Iterable[Iterable[object]], out: BinaryIO) -> None:
    chunk: list[list[Cell]] = []
    for row in rows:
        chunk.append(_plain(row))
        if len(chunk) == CHUNK:
            marshal.dump(chunk, out)
            chunk = []
    if chunk:
        marshal.dump(chunk, out)
    marshal.dump([], out)


def _plain(row: Iterable[object]) -> list[Cell]:
    return [cell if type(cell) in _PLAIN else _cell(cell) for cell in row]  # type: ignore[misc] # as it says


_PLAIN: Final = frozenset((str, float, int, bool))


def _cell(cell: object) -> Cell:
    if isinstance(cell, dt.datetime | dt.date | dt.time):
        return ("moment", cell.isoformat())
    if isinstance(cell, dt.timedelta):
        return ("moment", str(cell))
    return ""


def read(path: Path) -> list[Sheet]:
    """Open a file; give its sheets that are not hidden.

    Raises:
        Unreadable: it is none that can be read.
    """
    if path.stat().st_size > LONGEST_FILE:
        raise Unreadable("large")
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise Unreadable("empty")
    if start.startswith(ZIP):
        _check_zip(path)
        return _workbook(path)
    if start.startswith(OLE):
        whole = path.read_bytes()
        if "_VBA_PROJECT".encode("utf-16-le") in whole:
            raise Unreadable("macros")
        if "EncryptedPackage".encode("utf-16-le") in whole:
            raise Unreadable("password")
        return _workbook(path)
    lower = start.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if lower.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")):
        raise Unreadable("page")
    if lower.startswith((b"%pdf", b"\x89png", b"\xff\xd8\xff", b"rar!", b"7z")):
        raise Unreadable("other")
    if lower.startswith((b"[", b"{")):
        return [_records(path)]
    return [_text(path)]


def _check_zip(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if any(name.endswith("vbaProject.bin") for name in names):
                raise Unreadable("macros")
            if "xl/workbook.xml" not in names:
                raise Unreadable("other")
            if any(entry.flag_bits & 1 for entry in entries):
                raise Unreadable("password")
            if sum(entry.file_size for entry in entries) > UNPACKED:
                raise Unreadable("bomb")
            _unpack(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        # RuntimeError is also NotImplementedError: zipfile does not know the compression method.
        raise Unreadable("damaged") from error


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack once without keeping anything: sizes may lie, and formulas may lack their results."""
    total = 0
    for entry in entries:
        sheet = _SHEET.search(entry.filename) is not None
        rest = b""
        with archive.open(entry) as file:
            while part := file.read(1 << 20):
                total += len(part)
                if total > UNPACKED:
                    raise Unreadable("bomb")
                if sheet:
                    part = rest + part
                    if b"<f" in part and _UNCALCULATED.search(part):
                        raise Unreadable("formulas")
                    if b't="e"' in part and (found := _ERROR.search(part)):
                        place = _PLACE.search(found[0])
                        raise Unreadable("error", place[1].decode() if place else "?")
                    rest = part[-_LONGEST_CELL:]


def _workbook(path: Path) -> list[Sheet]:
    import python_calamine as calamine  # noqa: PLC0415 - text files do not need it

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        names = [
            one.name
            for one in book.sheets_metadata
            if one.visible == calamine.SheetVisibleEnum.Visible
            and one.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        return [sheet for name in names if (sheet := _sheet(book, name))]
    except calamine.PasswordError as error:
        raise Unreadable("password") from error
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError) as error:
        raise Unreadable("damaged") from error


def _sheet(book: Any, name: str) -> Sheet | None:  # noqa: ANN401 - calamine tells no types
    found = book.get_sheet_by_name(name)
    if found.start is None:
        return None
    _, column = found.start
    if found.total_height > MOST_ROWS + HEAD:
        raise Unreadable("long")
    return name, column, _Rows(found)


class _Rows:
    """The rows of a sheet, from the first one that holds anything; read as often as asked."""

    def __init__(self, sheet: Any) -> None:  # noqa: ANN401 - calamine tells no types
        self._sheet = sheet

    def __iter__(self) -> Iterator[list[object]]:
        rows: Iterator[list[object]] = self._sheet.iter_rows()
        return rows


def _records(path: Path) -> Sheet:
    """Read what an interface answers; no number of it becomes another on the way."""
    from bot.dossier_json import NoRecords, table  # noqa: PLC0415 - only an interface sends it

    try:
        rows = table(path.read_bytes())
    except NoRecords as error:
        raise Unreadable("records") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("damaged") from error
    if len(rows) > MOST_ROWS + HEAD:
        raise Unreadable("long")
    return "", 0, rows


def _text(path: Path) -> Sheet:
    """Read values parted by commas, semicolons or tabs, as Excel and the systems write them."""
    raw = path.read_bytes()
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = raw.decode("utf-16")
        else:
            text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding") from error
    if "\0" in text:
        raise Unreadable("other")
    delimiter = ""
    if text[:4].lower() == "sep=":
        line, _, text = text.partition("\n")
        # The line stands for a row, so that rows keep their numbers.
        delimiter, text = line[4:5], "\n" + text
    head = text[:20_000]
    delimiter = delimiter or max(",;\t|", key=head.count)
    if delimiter not in head:
        raise Unreadable("other")
    csv.field_size_limit(100_000)
    rows: list[list[object]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([_unguarded(value) for value in row])
            if len(rows) > MOST_ROWS + HEAD:
                raise Unreadable("long")
    except csv.Error as error:
        raise Unreadable("damaged") from error
    return "", 0, rows


def _unguarded(value: str) -> str:
    """Take away what keeps Excel from turning a code into a number: ="000.00.15"."""
    if value.startswith('="') and value.endswith('"'):
        return value[2:-1]
    return value


class Export:
    """A file that is opened in a process of its own, which ends when this is closed.

    Args:
        path: of the file.

    Attributes:
        sheets: name, first column and first rows of each sheet, once it is opened.
    """

    sheets: list[tuple[str, int, list[list[Cell]]]]

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, a path as an argument
            [sys.executable, "-m", "bot.dossier_sheet", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parent.parent,
        )

    def open(self) -> None:
        """Wait until the file is opened.

        Raises:
            Unreadable: it is none that can be read, or it was closed meanwhile.
        """
        kind, told = self._next()
        if kind == "refused":
            raise Unreadable(*told)
        self.sheets = [tuple(sheet) for sheet in told]

    def _next(self) -> Any:  # noqa: ANN401 - lists of our own making
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        try:
            return marshal.load(self._process.stdout)  # noqa: S302 - written by our own module
        except (EOFError, ValueError, TypeError) as error:
            # Memory or time ran out: the process was ended.
            raise Unreadable("bomb") from error

    def rows(self, sheet: int) -> Iterator[list[list[Cell]]]:
        """Give the rows of a sheet, some at a time, the first of them first.

        Raises:
            Unreadable: the process died over them.
        """
        assert self._process.stdin is not None  # noqa: S101 - it was asked for
        self._process.stdin.write(f"{sheet}\n".encode())
        self._process.stdin.flush()
        while True:
            chunk = self._next()
            if chunk and chunk[0] == "refused":
                raise Unreadable(*chunk[1])
            if not chunk:
                return
            yield chunk

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()


if __name__ == "__main__":
    sys.exit(main())
