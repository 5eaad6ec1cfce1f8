"""The commune's forms of letters, from `letters/letters.toml`: what each asks for and says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from handlers.commune import BadCommune, Bilingual, Commune, Problem, read_file
from handlers.toml_records import Filled, Id, Record, Sourced
from messages.text import Text, _
from messages.vietnamese import fold
from scoring.documents.letter import Sheet
from scoring.toml_lines import Place, line_at

FILE = "letters/letters.toml"
TEMPLATE = "thu.docx"

_PLACE = re.compile(r"\{(\w+)\}")


class Blank(Record):
    """Something that whoever drafts a letter is asked for."""

    id: Id
    label: Bilingual
    date: bool = False


class Form(Record):
    """One kind of letter."""

    id: Literal["congratulation", "condolence", "thanks", "apology", "commendation"]
    title: Bilingual
    heading: Filled
    greeting: Filled
    paragraphs: Annotated[tuple[Filled, ...], Field(min_length=1)]
    occasion: Annotated[tuple[Id, ...], Field(min_length=1)]
    fields: Annotated[tuple[Blank, ...], Field(min_length=1)]

    def occasion_of(self, fields: Mapping[str, str]) -> str:
        """Give an occasion in one form, whatever the case, marks and spaces of its fields."""
        return "|".join(" ".join(fold(fields[name]).split()) for name in self.occasion)


class LetterFile(Sourced):
    """The whole file."""

    symbol: str = ""
    signer: Filled
    signed_by: str = ""
    letters: Annotated[tuple[Form, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class LetterForms:
    """The forms of letters, and where their Word template is.

    Attributes:
        file: what the commune wrote.
        template: the Word file.
    """

    file: LetterFile
    template: Path

    def form(self, kind: str) -> Form | None:
        """Find a form by its id."""
        return next((form for form in self.file.letters if form.id == kind), None)

    def sheet(
        self, form: Form, fields: Mapping[str, str], *, number: int | None, day: date, by: Commune
    ) -> Sheet:
        """Put a letter together.

        Args:
            form: its form.
            fields: what was filled in.
            number: of the register, None on a draft.
            day: of the dateline.
            by: the commune that signs.
        """
        name, office = by.name.vi, by.office.vi
        superior = office.removesuffix(name).strip() or office
        signing = next((one for one in by.leaders if one.id == self.file.signed_by), None)
        told = "…" if number is None else f"{number:02}"
        return Sheet(
            superior=superior,
            body=name,
            number=f"{told}/{self.file.symbol}" if self.file.symbol else told,
            place=_place(name),
            day=day,
            heading=form.heading,
            greeting=filled(form.greeting, fields),
            paragraphs=tuple(filled(one, fields) for one in form.paragraphs),
            signer=self.file.signer,
            name=signing.name if signing else "",
        )


def filled(text: str, fields: Mapping[str, str]) -> str:
    """Fill the places of a text; what people wrote is never read as a format."""
    return _PLACE.sub(lambda found: fields[found[1]], text)


def _place(name: str) -> str:
    """Give a commune's bare name: "xã Nghi Dương" → "Nghi Dương"."""
    for kind in ("xã ", "phường ", "thị trấn ", "đặc khu "):
        if name.lower().startswith(kind):
            return name[len(kind) :]
    return name


def load(folder: Path) -> LetterForms:
    """Read the forms of a commune's folder.

    Raises:
        BadCommune: the file cannot be used, or the Word template is missing.
    """
    path = folder / FILE
    file, lines = read_file(path, LetterFile)
    problems = [Problem(path, line_at(lines, place), why) for place, why in _wrong(file)]
    template = path.with_name(TEMPLATE)
    if not template.is_file():
        problems.append(Problem(template, 1, _("The Word template is missing.")))
    if problems:
        raise BadCommune(problems)
    return LetterForms(file, template)


def _wrong(file: LetterFile) -> list[tuple[Place, Text]]:
    """Find kinds that stand twice, and places that no field fills."""
    found: list[tuple[Place, Text]] = []
    kinds = [form.id for form in file.letters]
    for index, form in enumerate(file.letters):
        if form.id in kinds[:index]:
            twice = _("The id {id} stands here a second time.", id=form.id)
            found.append((("letters", index, "id"), twice))
        known = {field.id for field in form.fields}
        used = {
            "greeting": _PLACE.findall(form.greeting),
            "paragraphs": [name for one in form.paragraphs for name in _PLACE.findall(one)],
            "occasion": list(form.occasion),
        }
        found += [
            (("letters", index, key), _("No field is called {name}.", name=name))
            for key, names in used.items()
            for name in names
            if name not in known
        ]
    return found
