"""Finds the table in an export: its sheet, the rows of titles, and what each column holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.dossier_records import DossierColumn, Dossiers
from messages.text import Text, _
from messages.vietnamese import fold

LOOKED_AT = 30
"""Rows in which the titles may stand."""

_NUMBERED = re.compile(r"\(?\[?[0-9A-Za-z]{1,2}(?:\.0)?\]?\)?(?:\s*=.*)?")
_NOT_WORD = re.compile(r"[^0-9a-z]+")


class NoTable(Exception):
    """No table of dossiers was found; the sentence says what to look at.

    Attributes:
        reason: for a clerk.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.msgid)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Table:
    """Where the dossiers of an export stand.

    Attributes:
        sheet: its number among the sheets.
        name: its name, "" of a text file.
        begins: the row of the first dossier, from 0.
        columns: what a column holds → its place in a row, from 0.
        titles: the same → the title as it stands.
        offset: how many columns stand before the first of a row.
    """

    sheet: int
    name: str
    begins: int
    columns: Mapping[DossierColumn, int]
    titles: Mapping[DossierColumn, str] = field(default_factory=dict)
    offset: int = 0

    def letter(self, column: DossierColumn) -> str:
        """Name a column as Excel does: "B"."""
        number = self.columns[column] + self.offset + 1
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return letters


Sheets = Sequence[tuple[str, int, Sequence[Sequence[object]]]]
"""Name, first column, first rows of each sheet."""


def find(sheets: Sheets, rules: Dossiers) -> Table:
    """Find the table of dossiers.

    Raises:
        NoTable: none has the columns, several have, or a title stands twice.
    """
    wanted = _titles(rules)
    found = [
        table
        for number, (name, offset, rows) in enumerate(sheets)
        if (table := _in_sheet(number, name, offset, rows, wanted)) is not None
    ]
    if not found:
        raise NoTable(
            _(
                "No sheet has a column with the dossier's code and one with its status or due "
                "date. The titles are set in commune.toml, dossiers.columns."
            )
        )
    if len(found) > 1:
        names = ", ".join(table.name for table in found)
        raise NoTable(
            _("Several sheets hold dossiers: {names}. Please send one sheet a file.", names=names)
        )
    return found[0]


def _titles(rules: Dossiers) -> Mapping[str, tuple[DossierColumn, int]]:
    """Each title, folded → what it stands for, and its rank."""
    return {
        plain(title): (column, rank)
        for column, titles in rules.columns.items()
        for rank, title in enumerate(titles)
    }


def plain(title: str) -> str:
    """Give a title without case, marks and punctuation."""
    return _NOT_WORD.sub(" ", fold(title)).strip()


def _in_sheet(
    number: int,
    name: str,
    offset: int,
    rows: Sequence[Sequence[object]],
    wanted: Mapping[str, tuple[DossierColumn, int]],
) -> Table | None:
    best: Table | None = None
    for begins, titles in _heads(rows[:LOOKED_AT]):
        columns, shown = _columns(titles, wanted)
        if "code" not in columns or not {"status", "due"} & set(columns):
            continue
        if best is None or len(columns) > len(best.columns):
            best = Table(number, name, _after_numbers(rows, begins), columns, shown, offset)
    return best


def _heads(rows: Sequence[Sequence[object]]) -> Iterator[tuple[int, list[tuple[str, ...]]]]:
    """Give the titles that each row would have, alone or under the row above it.

    A title that spans columns stands in the first of them, so it is carried to the right.
    """
    above: list[str] = []
    for number, row in enumerate(rows):
        texts = [cell.strip() if isinstance(cell, str) else "" for cell in row]
        yield number + 1, [(text,) for text in texts]
        if above:
            yield number + 1, [_under(above, texts, place) for place in range(len(texts))]
        above = texts


def _under(above: Sequence[str], below: Sequence[str], place: int) -> tuple[str, ...]:
    own = below[place]
    upper = above[place] if place < len(above) else ""
    if not own:
        return (upper,)
    carried = upper or next(
        (above[i] for i in range(min(place, len(above)) - 1, -1, -1) if above[i]), ""
    )
    return (own, f"{carried} {own}", f"{own} {carried}")


def _columns(
    titles: Sequence[tuple[str, ...]], wanted: Mapping[str, tuple[DossierColumn, int]]
) -> tuple[dict[DossierColumn, int], dict[DossierColumn, str]]:
    """Choose for each kind of column the one whose title ranks first, the leftmost of equals."""
    best: dict[DossierColumn, tuple[int, int, str]] = {}
    for place, forms in enumerate(titles):
        for form in forms:
            known = wanted.get(plain(form)) if form else None
            if known is None:
                continue
            column, rank = known
            if column not in best or (rank, place) < best[column][:2]:
                best[column] = (rank, place, form)
            break
    return (
        {column: place for column, (_rank, place, _form) in best.items()},
        {column: form for column, (_rank, _place, form) in best.items()},
    )


def _after_numbers(rows: Sequence[Sequence[object]], begins: int) -> int:
    """Step over a row that only numbers the columns: (1), (2), (3) or A, B, C."""
    if begins < len(rows):
        filled = [str(cell) for cell in rows[begins] if cell != ""]
        if filled and all(_NUMBERED.fullmatch(text) for text in filled):
            return begins + 1
    return begins
