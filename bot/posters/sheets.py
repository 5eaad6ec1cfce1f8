"""What stands on posters: for each guide and entry, at a place, as words and an address."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from handlers.commune import Commune
from handlers.entries import ENTRY
from handlers.search import Catalogue
from messages.languages import DEFAULT, say
from messages.text import Sayable, _
from messages.vietnamese import fold

LONGEST_PLACE = 32
"""Characters of a place that a start link of each platform carries beside the code."""


class NoPoster(ValueError):
    """There is no poster for a code; the sentence names it."""


@dataclass(frozen=True, slots=True)
class Poster:
    """What is said on a poster or sticker, in words for people.

    Attributes:
        code: what to type, and how the files are called.
        link: what the QR code holds.
        place: where it hangs, in words; `place_id` as it stands in the link.
        trial: a warning that the address opens on this machine alone, "" where it does not.
    """

    code: str
    title: str
    invitation: str
    otherwise: str
    address: str
    footnote: str
    office: str
    commune: str
    link: str
    place: str
    place_id: str
    trial: str

    @property
    def file_name(self) -> str:
        """How its files begin: KS01, or KS01-nha-van-hoa-thon-3."""
        return f"{self.code}-{self.place_id}" if self.place_id else self.code


def place_id(name: str) -> str:
    """Give a place's name as a link carries it: "Nhà văn hoá thôn 3" → nha-van-hoa-thon-3."""
    parts = re.findall(r"[a-z0-9]+", fold(name))
    found = ""
    for part in parts:
        longer = f"{found}-{part}" if found else part[:LONGEST_PLACE]
        if len(longer) > LONGEST_PLACE:
            break
        found = longer
    return found


def posters(
    commune: Commune,
    catalogue: Catalogue,
    public_url: str,
    codes: Sequence[str] = (),
    places: Iterable[str] = ("",),
) -> Iterator[Poster]:
    """Give the posters of codes, of all guides and entries where none is named, for each place.

    Raises:
        NoPoster: a code is neither a guide's nor an entry's.
    """
    wanted = codes or [*sorted(p.guide for p in catalogue.procedures), *ENTRY]
    told = [_subject(catalogue, code) for code in wanted]
    for place in places:
        for code, title, invitation, footnote in told:
            yield _poster(commune, public_url, place, code, title, invitation, footnote)


def _subject(catalogue: Catalogue, typed: str) -> tuple[str, Sayable, Sayable, Sayable]:
    """Give the code of what is meant, its title, what scanning brings, and what is to be known."""
    if entry := ENTRY.get(typed.strip().lstrip("#").upper()):
        return entry.code, entry.title, entry.invitation, ""
    procedure = catalogue.by_code(typed)
    if procedure is None:
        raise NoPoster(typed)
    return (
        procedure.guide,
        procedure.plain_title,
        _("Scan for the papers to bring, how long it takes and what it costs."),
        _(
            "Procedure {code}. The date on your appointment slip always counts.",
            code=procedure.code,
        ),
    )


def _poster(
    commune: Commune,
    public_url: str,
    place: str,
    code: str,
    title: Sayable,
    invitation: Sayable,
    footnote: Sayable,
) -> Poster:
    where = place_id(place)
    link = f"{public_url}/q/{code}"
    host = urlsplit(public_url).hostname or ""
    trial = _("TRIAL PRINT: this address opens on this machine alone.") if _is_near(host) else ""
    return Poster(
        code=code,
        title=say(title, DEFAULT),
        invitation=say(invitation, DEFAULT),
        otherwise=say(_("Cannot scan it? Send the commune this code:"), DEFAULT),
        address=say(_("or open {address}", address=link.partition("://")[2]), DEFAULT),
        footnote=say(footnote, DEFAULT),
        office=commune.office.say(DEFAULT),
        commune=commune.office.say(DEFAULT),
        link=f"{link}?place={where}" if where else link,
        place=" ".join(place.split()),
        place_id=where,
        trial=say(trial, DEFAULT),
    )


def _is_near(host: str) -> bool:
    """Tell whether an address leads to this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
