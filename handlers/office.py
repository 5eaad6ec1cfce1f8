"""What a commune has laid down, read once at start."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from handlers.commune import Commune
from handlers.letter_forms import LetterForms
from handlers.publications import Noticeboard
from handlers.search import Catalogue
from handlers.survey_forms import Survey
from handlers.understanding import understand
from messages.languages import LANGUAGES, ZONE, moment_in, say
from messages.text import _
from scoring.criteria import Scheme
from scoring.documents.letter import Sheet
from scoring.periods import Period, Running, parse, running
from storage.letter_book import Files


class Adviser(Protocol):
    """A language model behind the setting LLM_URL."""

    async def ask(self, instructions: str, question: str) -> str:
        """Give its answer, "" where there is none in time; raises nothing."""
        ...


class Press(Protocol):
    """Sets letters and keeps what it has set."""

    async def print(self, sheet: Sheet) -> Files:
        """Set a letter as PDF, picture and Word file; the same sheet gives the same files.

        Raises:
            CannotPrint: the commune's template is broken, or the files cannot be kept.
        """
        ...


class CannotPrint(Exception):
    """A letter cannot be set; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Office:
    """The commune's own data as every turn may use it.

    Attributes:
        commune: units, categories, working time, contacts (commune.toml, calendar.toml).
        catalogue: the procedures (procedures.csv).
        scheme: the criteria of criteria.toml; `others` those of other years.
        folder: where the commune's files are; the report's template is among them.
        public_url: where the public pages are.
        channels: the channels that are open, so that a text names no other.
        board: what the commune publishes in its own words (publications.toml).
        letters: the forms of letters (letters/letters.toml), None where the commune has none.
        surveys: the commune's surveys (surveys/*.toml).
        press: sets letters, None where nothing is printed.
        desk: the path of the officers' desk in the browser.
        adviser: a language model, None where none is set: nothing is missing without one.
    """

    commune: Commune
    catalogue: Catalogue
    scheme: Scheme
    public_url: str = ""
    channels: tuple[str, ...] = ("web",)
    board: Noticeboard = field(default_factory=Noticeboard)
    folder: Path = Path("commune")
    others: tuple[Scheme, ...] = ()
    letters: LetterForms | None = None
    surveys: tuple[Survey, ...] = ()
    press: Press | None = None
    desk: str = "/desk"
    adviser: Adviser | None = None

    def scheme_for(self, period: Period) -> Scheme:
        """Give the criteria in force on a period's first day, else those of now."""
        return next((one for one in (self.scheme, *self.others) if one.holds(period)), self.scheme)

    @property
    def closing(self) -> int:
        """The day on which the figures of a period's last month are closed, 0 for its last."""
        return self.commune.periods.closing_day or 0

    def period(self, text: str, today: date) -> Period:
        """Read a period as people type it, closed on the commune's day; nothing is the half year.

        Raises:
            BadPeriod: it is none, starts in the future or ends before it starts.
        """
        return parse(text, today, self.closing)

    def running(self, today: date) -> Running:
        """Name the periods in which a day lies."""
        return running(today, self.closing)

    def warm(self, now: datetime) -> None:
        """Read beforehand what the first message would wait for: holidays, languages, patterns."""
        self.commune.calendar.hours(now.astimezone(ZONE).date())
        for language in LANGUAGES:
            say(_("Menu"), language)
            moment_in(now, language)
        understand("Xin chào", self.catalogue)
