"""Writes the oldest workbook that exports still come in: BIFF8 cells in a compound file.

Only what a table of texts and numbers needs, after [MS-XLS] and [MS-CFB].
"""

import struct
from collections.abc import Sequence

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    text = str(value)
    return _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _workbook(name: str, rows: Sequence[Sequence[object]]) -> bytes:
    title = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    head = _bof(0x0005) + _record(0x0042, struct.pack("<H", 1200))
    sheet_at = len(head) + 4 + 6 + len(title) + 4
    bound = _record(0x0085, struct.pack("<IBB", sheet_at, 0, 0) + title)
    cells = b"".join(
        _cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value
    )
    return head + bound + _record(0x000A, b"") + _bof(0x0010) + cells + _record(0x000A, b"")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    told = name.encode("utf-16-le") + b"\0\0"
    head = told.ljust(64, b"\0") + struct.pack("<HBB", len(told) if name else 0, kind, 1)
    return (
        head + struct.pack("<III", FREE, FREE, child) + b"\0" * 36 + struct.pack("<IQ", start, size)
    )


def xls_of(rows: Sequence[Sequence[object]], name: str = "Hồ sơ") -> bytes:
    """A workbook of one sheet."""
    # What is smaller would have to lie in a stream of another kind.
    stream = _workbook(name, rows).ljust(4096, b"\0")
    stream = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    sectors = len(stream) // SECTOR
    chain = [FAT, END, *range(3, sectors + 2), END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(SECTOR, b"\xff")
    assert len(fat) == SECTOR, "one sector of the table is enough for a test"
    folder = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream))
    folder = folder.ljust(SECTOR, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0
    )
    head += struct.pack("<I", 0).ljust(SECTOR - len(head), b"\xff")
    return head + fat + folder + stream
