"""What the pages need from the rest of the service."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.channels.web.identity import CookieIdentity
from bot.channels.web.origins import Origins
from bot.desk_files import DeskFiles
from bot.pages.media import KeptMedia, MediaLinks
from bot.settings import Settings
from handlers.commune import Commune
from handlers.office import Office
from handlers.publications import Noticeboard
from handlers.search import Catalogue
from handlers.survey_forms import Survey
from messages.envelope import Address, Incoming
from scoring.periods import Period
from scoring.report import Month
from storage.clock import Clock, system_clock
from storage.desk_sessions import DeskSessions
from storage.dossiers_counts import NOTHING_COUNTED, DossierCounts
from storage.published import Published
from storage.reader import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the officers' desk in the browser needs.

    Attributes:
        office: what the commune has laid down; `office.desk` is the path of the pages.
        read: asks the store.
        sessions: who sits there.
        accept: keeps a message durably, as a channel does; what an officer does is one of theirs.
        files: keeps photos and documents that officers send.
        links: signed links to kept photos.
        now: our clock.
    """

    office: Office
    read: Reader
    sessions: DeskSessions
    accept: Callable[[Incoming], Awaitable[bool]]
    files: DeskFiles
    links: MediaLinks
    now: Clock


class OnShown(Protocol):
    """Told whenever somebody was shown a guide."""

    async def __call__(self, code: str, place: str, channel: str = "web") -> None:
        """Keep it as evidence.

        Args:
            code: national code of the procedure.
            place: where the poster with the QR code hangs, "" where it does not say.
            channel: on which channel.
        """
        ...


class Codes(Protocol):
    """Codes by which another browser takes a conversation up."""

    async def make(self, person: Address) -> str:
        """Make a code for a person."""
        ...

    async def whose(self, code: str) -> Address | None:
        """Tell whose conversation a code carries, None where it does not work."""
        ...

    async def use(self, code: str) -> Address | None:
        """Tell the same, and let the code work no more."""
        ...


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period.

    Attributes:
        period: of which they are.
        counts: subject → count → number, as `report --format json` has them.
        dossiers: how many came online, and how punctual units were, with the day of the data.
        months: the calendar months of the period up to now.
    """

    period: Period
    counts: Mapping[str, Mapping[str, object]]
    dossiers: DossierCounts = NOTHING_COUNTED
    months: Sequence[Month] = ()


async def _nothing() -> Mapping[str, Published]:
    return {}


async def _nobodys(_code: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages need.

    Attributes:
        commune: whose pages they are.
        catalogue: the guides.
        settings: where we are reached, and which channels there are.
        identity: gives the chat page its cookie.
        origins: whose pages may ask for a code.
        codes: carry a conversation to another browser.
        take_over: puts the tickets of the first address to those of the second, which its browser
            uses from now on.
        links: signed links to kept media.
        on_shown: keeps that a guide was shown.
        figures: reads the public figures of the running period.
        open_media: reads a kept file by its hash, None where there is none.
        telegram_name: gives the Telegram bot's name without @, "" until it is known.
        practice: "citizen", "officer" and "staff" → who they are on the practice store; None where
            nobody practises.
        clock: tells the day for which fees are shown.
        board: what the commune publishes in its own words.
        published: tells since when each subject is public.
        desks: the officers' desks; that of practice stands beside the real one.
        surveys: the commune's surveys.
        own_data: writes out what is held about the person whose link carries this code, None for
            a link that has lapsed.
    """

    commune: Commune
    catalogue: Catalogue
    settings: Settings
    identity: CookieIdentity
    origins: Origins
    codes: Codes
    take_over: Callable[[Address, Address], Awaitable[None]]
    links: MediaLinks
    on_shown: OnShown
    figures: Callable[[], Awaitable[Figures]]
    open_media: Callable[[str], Awaitable[KeptMedia | None]]
    telegram_name: Callable[[], str] = str
    practice: Mapping[str, Address] | None = None
    clock: Clock = system_clock
    board: Noticeboard = field(default_factory=Noticeboard)
    published: Callable[[], Awaitable[Mapping[str, Published]]] = _nothing
    desks: Sequence[Desk] = ()
    surveys: Sequence[Survey] = ()
    own_data: Callable[[str], Awaitable[str | None]] = _nobodys
