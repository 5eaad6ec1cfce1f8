"""What the pages need from the rest of the service."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.channels.web.identity import Identity
from bot.pages.media import KeptMedia, MediaLinks
from bot.settings import Settings
from handlers.commune import Commune
from handlers.search import Catalogue
from messages.envelope import Address
from scoring.periods import Period
from storage.dossiers_counts import NOTHING_COUNTED, DossierCounts


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


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period.

    Attributes:
        period: of which they are.
        counts: subject → count → number, as `report --format json` has them.
        dossiers: how many came online, and how punctual units were, with the day of the data.
    """

    period: Period
    counts: Mapping[str, Mapping[str, object]]
    dossiers: DossierCounts = NOTHING_COUNTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the pages need.

    Attributes:
        commune: whose pages they are.
        catalogue: the guides.
        settings: where we are reached, and which channels there are.
        identity: gives the chat page its cookie.
        links: signed links to kept media.
        on_shown: keeps that a guide was shown.
        figures: reads the public figures of the running period.
        open_media: reads a kept file by its hash, None where there is none.
        telegram_name: gives the Telegram bot's name without @, "" until it is known.
        practice: "citizen", "officer" and "staff" → who they are on the practice store; None where
            nobody practises.
    """

    commune: Commune
    catalogue: Catalogue
    settings: Settings
    identity: Identity
    links: MediaLinks
    on_shown: OnShown
    figures: Callable[[], Awaitable[Figures]]
    open_media: Callable[[str], Awaitable[KeptMedia | None]]
    telegram_name: Callable[[], str] = str
    practice: Mapping[str, Address] | None = None
