"""What a commune has laid down, read once at start."""

from dataclasses import dataclass
from datetime import datetime

from handlers.commune import Commune
from handlers.search import Catalogue
from handlers.understanding import understand
from messages.languages import LANGUAGES, ZONE, moment_in, say
from messages.text import _
from scoring.criteria import Scheme


@dataclass(frozen=True, slots=True)
class Office:
    """The commune's own data as every turn may use it.

    Attributes:
        commune: units, categories, working time, contacts (commune.toml, calendar.toml).
        catalogue: the procedures (procedures.csv).
        scheme: the criteria (criteria.toml).
        public_url: where the public pages are.
        channels: the channels that are open, so that a text names no other.
        desk: the path of the officers' desk in the browser.
    """

    commune: Commune
    catalogue: Catalogue
    scheme: Scheme
    public_url: str = ""
    channels: tuple[str, ...] = ("web",)
    desk: str = "/desk"

    def warm(self, now: datetime) -> None:
        """Read beforehand what the first message would wait for: holidays, languages, patterns."""
        self.commune.calendar.hours(now.astimezone(ZONE).date())
        for language in LANGUAGES:
            say(_("Menu"), language)
            moment_in(now, language)
        understand("Xin chào", self.catalogue)
