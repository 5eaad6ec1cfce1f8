"""What stands on posters: of each guide, entry and survey, at a place, in words and an address."""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from handlers.commune import Commune
from handlers.entries import ENTRY
from handlers.search import Catalogue
from handlers.survey_forms import Survey, door, typed_as
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
        name: how its files are called.
        code: what to type.
        link: what the QR code holds.
        about: the unit that a survey asks about, "" for other posters.
        place: where it hangs, in words; `place_id` as it stands in the link.
        trial: a warning that the address opens on this machine alone, "" where it does not.
    """

    name: str
    code: str
    title: str
    invitation: str
    otherwise: str
    address: str
    footnote: str
    office: str
    commune: str
    link: str
    about: str
    place: str
    place_id: str
    trial: str

    @property
    def file_name(self) -> str:
        """How its files begin: KS01, or KS01-nha-van-hoa-thon-3."""
        return f"{self.name}-{self.place_id}" if self.place_id else self.name


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


@dataclass(frozen=True, slots=True)
class Subject:
    """What a poster is about.

    Attributes:
        name: how the poster's files are called.
        code: what to type.
        path: where scanning leads.
        title: what it is, large.
        invitation: what scanning brings.
        footnote: what is to be known.
        about: the unit that a survey asks about.
    """

    name: str
    code: str
    path: str
    title: Sayable
    invitation: Sayable
    footnote: Sayable = ""
    about: Sayable = ""


def posters(
    commune: Commune,
    catalogue: Catalogue,
    public_url: str,
    codes: Sequence[str] = (),
    places: Iterable[str] = ("",),
    surveys: Sequence[Survey] = (),
) -> Iterator[Poster]:
    """Give the posters of codes, of all guides and entries where none is named, for each place.

    A survey's id gives one for each unit, `hailong/tramyte` that of one unit alone.

    Raises:
        NoPoster: a code is no guide's, no entry's and no survey's.
    """
    wanted = codes or [*sorted(p.guide for p in catalogue.procedures), *ENTRY]
    told = [one for code in wanted for one in _subjects(commune, catalogue, surveys, code)]
    for place in places:
        for subject in told:
            yield _poster(commune, public_url, place, subject)


def _subjects(
    commune: Commune, catalogue: Catalogue, surveys: Sequence[Survey], typed: str
) -> Iterator[Subject]:
    """Give what a code means: one subject, of a survey one for each unit that is meant."""
    if entry := ENTRY.get(typed.strip().lstrip("#").upper()):
        path = f"/q/{entry.code}"
        yield Subject(entry.code, entry.code, path, entry.title, entry.invitation)
        return
    name, _slash, unit = typed.strip().lower().partition("/")
    survey = next((one for one in surveys if one.id == name), None)
    if survey is not None:
        units = [one for one in commune.units if unit in {"", one.id}]
        if not units:
            raise NoPoster(typed)
        for one in units:
            yield Subject(
                f"{survey.id}-{one.id}",
                typed_as(survey, one.id).upper(),
                door(survey, one.id),
                survey.title,
                _("Scan to tell how you were served: {unit}.", unit=one.name),
                _("It takes about a minute. Your name is not kept with the answers."),
                one.name,
            )
        return
    procedure = catalogue.by_code(typed)
    if procedure is None:
        raise NoPoster(typed)
    yield Subject(
        procedure.guide,
        procedure.guide,
        f"/q/{procedure.guide}",
        procedure.plain_title,
        _("Scan for the papers to bring, how long it takes and what it costs."),
        _(
            "Procedure {code}. The date on your appointment slip always counts.",
            code=procedure.code,
        ),
    )


def _poster(commune: Commune, public_url: str, place: str, subject: Subject) -> Poster:
    where = place_id(place)
    link = public_url + subject.path
    host = urlsplit(public_url).hostname or ""
    trial = _("TRIAL PRINT: this address opens on this machine alone.") if _is_near(host) else ""
    return Poster(
        name=subject.name,
        code=subject.code,
        title=say(subject.title, DEFAULT),
        invitation=say(subject.invitation, DEFAULT),
        otherwise=say(_("Cannot scan it? Send the commune this code:"), DEFAULT),
        address=say(_("or open {address}", address=link.partition("://")[2]), DEFAULT),
        footnote=say(subject.footnote, DEFAULT),
        office=commune.office.say(DEFAULT),
        commune=commune.office.say(DEFAULT),
        link=f"{link}?place={where}" if where else link,
        about=say(subject.about, DEFAULT),
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
