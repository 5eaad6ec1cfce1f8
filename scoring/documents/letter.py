"""A letter of the commune as PDF, as a picture and as a Word file, all from the same fields.

PDF and picture are set by typst in the layout of NĐ 30/2020/NĐ-CP, Phụ lục I, with a font that
typst carries in itself and embeds. The Word file comes from a template that the commune edits.
"""

import dataclasses
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

if TYPE_CHECKING:
    from typst import Compiler

LAYOUT = Path(__file__).with_name("letter.typ")

PIXELS_PER_INCH = 110
"""An A4 page of about 900 x 1300 pixels: sharp on a telephone, below 1 MB on each platform."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a letter, in Vietnamese.

    Attributes:
        superior: the body above the issuing one: "Ủy ban nhân dân".
        body: the issuing body: "xã Nghi Dương".
        number: the number with its symbol: "05/UBND-VHXH".
        place: the name of the place in the dateline: "Nghi Dương".
        day: of the dateline.
        heading: what the letter is: "Thư chúc mừng".
        greeting: to whom it is.
        paragraphs: what it says.
        signer: the office of whoever signs: "Chủ tịch".
        name: of whoever signs, "" where the commune has not told it: it is written by hand.
    """

    superior: str
    body: str
    number: str
    place: str
    day: date
    heading: str
    greeting: str
    paragraphs: tuple[str, ...]
    signer: str
    name: str

    @property
    def dateline(self) -> str:
        """Place and date; a day below 10 and the months 1 and 2 get a zero (NĐ 30/2020)."""
        month = f"{self.day.month:02}" if self.day.month <= 2 else f"{self.day.month}"  # noqa: PLR2004 - January and February
        return f"{self.place}, ngày {self.day.day:02} tháng {month} năm {self.day.year}"


@dataclass(frozen=True, slots=True)
class Set:
    """A letter as it was set."""

    pdf: bytes
    picture: bytes
    word: bytes


def set_letter(sheet: Sheet, template: Path) -> Set:
    """Set a letter in its three forms.

    Args:
        sheet: what stands on it.
        template: the Word template, with the places that docs/letters.md lists.

    Raises:
        OSError: the template cannot be read.
        ValueError: the template is no Word file, or names a place that there is not.
    """
    inputs = {
        "sheet": json.dumps(
            {**dataclasses.asdict(sheet), "dateline": sheet.dateline, "day": sheet.day.isoformat()}
        )
    }
    compiler = _compiler()
    # The moment of making is no part of a letter: the same fields give the same bytes.
    made = datetime(sheet.day.year, sheet.day.month, sheet.day.day).astimezone()
    pdf = compiler.compile(format="pdf", sys_inputs=inputs, timestamp=int(made.timestamp()))
    pictures = compiler.compile(format="png", ppi=PIXELS_PER_INCH, sys_inputs=inputs)
    # Of a letter of several pages the picture shows the first.
    picture = pictures[0] if isinstance(pictures, list) else pictures
    if not isinstance(pdf, bytes) or picture is None:
        raise ValueError("typst gave no document")
    return Set(pdf, picture, as_word(sheet, template))


@cache
def _compiler() -> "Compiler":
    # Imported here: half of the service's commands never set a letter.
    import typst  # noqa: PLC0415

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    return typst.Compiler(LAYOUT, root=LAYOUT.parent, font_paths=fonts)


def as_word(sheet: Sheet, template: Path) -> bytes:
    """Fill the commune's Word template; what citizens wrote is never read as XML.

    Raises:
        OSError: the template cannot be read.
        ValueError: it is no Word file, or names a place that there is not.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415 - as above
    from docxtpl.template import TemplateError  # noqa: PLC0415

    places = {**dataclasses.asdict(sheet), "dateline": sheet.dateline}
    filled = BytesIO()
    try:
        document = DocxTemplate(template)
        unknown = document.get_undeclared_template_variables() - set(places)
        if unknown:
            raise ValueError(f"{template.name}: {', '.join(sorted(unknown))}")
        # It has been rendered to find its places; a second one is filled.
        document = DocxTemplate(template)
        document.render(places, autoescape=True)
        document.save(filled)
    except (TemplateError, KeyError, BadZipFile) as error:
        raise ValueError(f"{template.name}: {error}") from error
    return _undated(filled)


def _undated(file: BytesIO) -> bytes:
    """Write a Word file anew without the moment of its making, so that equal letters are equal."""
    undated = BytesIO()
    with ZipFile(file) as old, ZipFile(undated, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(ZipInfo(part.filename), old.read(part), ZIP_DEFLATED)
    return undated.getvalue()
