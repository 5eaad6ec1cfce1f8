"""What the commune makes public: what there is of it, since when, and what proves it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from handlers.commune import Commune, Publication, shown
from handlers.search import Catalogue
from messages.text import Lines, Text, _
from messages.vietnamese import fold
from storage.published import PROCEDURES, Published

HOTLINE: Final = "hotline"
LEADERS: Final = "leaders"
RECEPTION: Final = "reception"
HOURS: Final = "hours"


@dataclass(slots=True, eq=False)
class Noticeboard:
    """What the commune publishes in its own words; everybody holds the same one."""

    publications: tuple[Publication, ...] = ()

    def become(self, publications: tuple[Publication, ...]) -> None:
        """Take over what the file says now."""
        self.publications = publications

    def find(self, words: str) -> Publication | None:
        """Find one by its id, its title or another of its names, case and marks aside."""
        wanted = " ".join(fold(words).replace("_", " ").split())
        for one in self.publications:
            names = (one.id, one.title.vi, one.title.en, *one.names)
            if wanted in {" ".join(fold(name).replace("_", " ").split()) for name in names if name}:
                return one
        return None


def contents(commune: Commune, catalogue: Catalogue, board: Noticeboard) -> Mapping[str, str]:
    """Give what is public of each subject, "" where nothing is; its change is a publication's.

    The subjects are the kinds of evidence behind "publication.".
    """
    found = {
        PROCEDURES: "\n".join(
            # A name that an officer taught changes nothing of what is public.
            str(replace(procedure, aliases=()))
            for procedure in catalogue.procedures
        ),
        HOTLINE: _told((one.title.vi, one.phone) for one in commune.contacts if one.phone),
        LEADERS: _told(
            (one.title.vi, one.name, one.phone) for one in commune.leaders if one.name and one.phone
        ),
        RECEPTION: _told(
            [(r.place, r.days, r.hours)] if (r := commune.reception).days and r.hours else []
        ),
        HOURS: "" if commune.working_time.week.mark else str(commune.working_time.week),
    }
    return found | {one.id: _told([(one.text, one.url)]) for one in board.publications}


def _told(parts: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(" ".join(part for part in one if part) for one in parts)


def body(publication: Publication) -> str | Text | Lines:
    """Give what is published, or say that nothing is yet."""
    if publication.text:
        return publication.text
    return _("See {page}", page=publication.url) if publication.url else shown("")


def dated(publication: Publication, dates: Published | None) -> Text | None:
    """Tell since when it is public; nothing of what is not."""
    if dates is None or not (publication.text or publication.url):
        return None
    return told_since(dates)


def told_since(dates: Published) -> Text:
    """Tell since when something is public and when it last changed."""
    if dates.first_day == dates.changed_day:
        return _("Public since {first}.", first=dates.first_day)
    return _(
        "Public since {first}, changed on {changed}.",
        first=dates.first_day,
        changed=dates.changed_day,
    )
