"""The commands about the criteria, which need the commune's files alone."""

import sys
from argparse import Namespace
from datetime import date
from pathlib import Path

from bot.refusal import DONE, Refusal
from bot.whole_file import written
from handlers import commune as communes
from messages.languages import say
from messages.text import _
from scoring.annex import Named, imported
from scoring.criteria import BadCriteria, read
from scoring.documents.tables import NoTable, rows_of
from scoring.schemes import MAIN, read_all

TOLD = 20
"""Reasons that are told at once."""


def criteria(folder: Path, options: Namespace) -> int:
    """Check the commune's criteria or a file, or turn an annex into a criteria file."""
    units = {unit.id: unit.name.vi for unit in communes.load(folder).units}
    try:
        if options.action == "import":
            return _import(folder, options, units)
        found = [read(Path(options.file), units)] if options.file else read_all(folder, units)
    except BadCriteria as error:
        raise Refusal("; ".join(error.told("vi")[:TOLD])) from error
    except NoTable as error:
        raise Refusal(error.reason) from error
    for scheme in found:
        parts = list(scheme.components)
        told = _(
            "{id}: {criteria} criteria, {components} components, {unknown} of unknown maximum.",
            id=scheme.id,
            criteria=len(scheme.criteria),
            components=len(parts),
            unknown=sum(part.max is None for part in parts),
        )
        sys.stdout.write(say(told) + "\n")
    return DONE


def _import(folder: Path, options: Namespace, units: dict[str, str]) -> int:
    if not options.file:
        raise Refusal(_("Name the file of the annex (.xlsx or .docx)."))
    known = read(folder / MAIN, units)
    try:
        valid_from = date.fromisoformat(options.valid_from or known.valid_from.isoformat())
    except ValueError as error:
        raise Refusal(_("{day} is no day like 2027-01-01.", day=options.valid_from)) from error
    named = Named(
        id=options.id or known.id,
        title=known.title,
        source=options.source or known.source,
        valid_from=valid_from,
        units=units,
        known=known,
    )
    text = imported(rows_of(Path(options.file)), options.file, named)
    if options.out:
        written(Path(options.out), text.encode())
        text = options.out + "\n"
    sys.stdout.write(text)
    return DONE
