"""Draws posters and sticker sheets through typst, with the font that lies beside this file.

Be Vietnam Pro is made for Vietnamese and open (SIL Open Font License, `fonts/OFL.txt`); it is
embedded in every PDF, and in an SVG its letters are shapes.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from functools import cache
from pathlib import Path

import segno
import typst

from bot.posters.sheets import Poster

HERE = Path(__file__).parent
FONTS = HERE / "fonts"

CORRECTION = "q"
"""A quarter of the code may be dirty, torn or written over."""

QUIET = 4
"""Modules of white around the code, as ISO/IEC 18004 asks."""

PIXELS_AN_INCH = 300


class Sheet(StrEnum):
    """What can be printed."""

    A4 = "a4"
    A5 = "a5"
    STICKERS = "stickers"


class Form(StrEnum):
    """The kinds of file."""

    PDF = "pdf"
    SVG = "svg"
    PNG = "png"


def qr(link: str) -> str:
    """Draw the QR code of a link as SVG, with its quiet zone."""
    drawn = io.BytesIO()
    code = segno.make(link, error=CORRECTION, micro=False)
    code.save(drawn, kind="svg", border=QUIET, xmldecl=False, light="#fff", nl=False)
    return drawn.getvalue().decode()


@cache
def _compiler(name: str) -> typst.Compiler:
    # Read once: fonts and template are the same for hundreds of sheets.
    return typst.Compiler(HERE / name, font_paths=[FONTS], ignore_system_fonts=True)


def draw(poster: Poster, sheet: Sheet, form: Form) -> bytes:
    """Draw a sheet of one page in one kind of file."""
    data = {**asdict(poster), "size": sheet.value, "qr": qr(poster.link)}
    template = "stickers.typ" if sheet is Sheet.STICKERS else "poster.typ"
    drawn = _compiler(template).compile(
        sys_inputs={"data": json.dumps(data)}, format=form.value, ppi=float(PIXELS_AN_INCH)
    )
    if not isinstance(drawn, bytes):
        raise TypeError("a sheet has one page")
    return drawn


def write(poster: Poster, folder: Path) -> Iterator[Path]:
    """Write every sheet of a poster in every kind of file; give each path when it is written."""
    for sheet in Sheet:
        for form in Form:
            path = folder / f"{poster.file_name}-{sheet}.{form}"
            path.write_bytes(draw(poster, sheet, form))
            yield path
