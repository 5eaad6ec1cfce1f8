"""`qr`: posters and stickers, ready for print."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.posters.drawing import write
from bot.posters.sheets import NoPoster, place_id, posters
from bot.refusal import DONE, Refusal
from handlers import commune, search, survey_forms
from messages.text import _


def qr(
    folder: Path, public_url: str, out: Path, codes: Sequence[str], places: Sequence[str]
) -> int:
    """Write posters and sticker sheets, and print the path of each file.

    Args:
        folder: the commune's.
        public_url: where the codes lead.
        out: where the files go; it is made where it is not there.
        codes: of guides and entries, ids of surveys; none = all guides and entries.
        places: where they will hang, each counted by itself; none = no place is told.
    """
    for place in places:
        if not place_id(place):
            raise Refusal(_("The place {place} has no letters for a link.", place=repr(place)))
    laid_down, catalogue = commune.load(folder), search.load(folder)
    try:
        surveys = survey_forms.load(folder)
        wanted = list(posters(laid_down, catalogue, public_url, codes, places or ("",), surveys))
    except NoPoster as unknown:
        raise Refusal(_("There is no guide with the code {code}.", code=str(unknown))) from unknown
    out.mkdir(parents=True, exist_ok=True)
    for poster in wanted:
        for path in write(poster, out):
            sys.stdout.write(f"{path}\n")
    return DONE
