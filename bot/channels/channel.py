"""What every channel is, and the ways in which sending can fail."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from aiohttp import web

from messages.envelope import Address, Attachment, Incoming, Outgoing


class SendError(Exception):
    """A letter could not be sent.

    Args:
        reason: one line for the log and for the officer, in the platform's words, without secrets.
        sent: the platform's ids of the parts that went out before it failed.
    """

    retry: ClassVar[bool] = False

    def __init__(self, reason: str = "", *, sent: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Unreachable(SendError):
    """No connection, or the platform says that it is out of order: nothing was sent."""

    retry: ClassVar[bool] = True


class Throttled(SendError):
    """The platform asks us to wait.

    Args:
        reason: as in SendError.
        after: how many seconds to wait.
        sent: as in SendError.
    """

    retry: ClassVar[bool] = True

    def __init__(self, reason: str = "", *, after: float = 1.0, sent: tuple[str, ...] = ()) -> None:
        super().__init__(reason, sent=sent)
        self.after = after


class Unknown(SendError):
    """The request left us and no answer came: the letter may have arrived."""


class WindowClosed(SendError):
    """The platform takes no letter until the person writes again: hold it."""


class PersonGone(SendError):
    """The person blocked us or left."""


class Refused(SendError):
    """The platform will never take this letter."""


class Misconfigured(SendError):
    """Our token or rights are wrong: stop the channel and tell the administrator."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform can carry; texts are counted in characters.

    Attributes:
        text: the longest text of one message.
        caption: the longest text that goes with a picture.
        buttons: how many buttons a message may have; 0 = a numbered list instead.
        photo_bytes: the largest picture that can be sent.
        file_bytes: the largest document that can be sent.
        fetch_bytes: the largest file that can be fetched from the platform.
        can_edit: whether a sent message can be changed.
        repeats: whether a letter that may or may not have arrived is sent once more.
        reply_window: how long after a person's last message we may write, None = for ever.
    """

    text: int
    caption: int
    buttons: int
    photo_bytes: int
    file_bytes: int
    fetch_bytes: int
    can_edit: bool = False
    repeats: bool = True
    reply_window: timedelta | None = None


async def unmarked() -> None:
    """Write nothing down: a letter that is sent again by itself needs no mark."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as the outbox hands it to a channel.

    Attributes:
        id: its number in the outbox, growing for each person.
        to: whose it is.
        body: what it says, in the person's language.
        bulk: whether it is one of many alike (notices), which wait for conversation.
        parts_sent: how many of its parts an earlier try already sent.
        repeat: whether an earlier try ended in `Unknown`.
        written_at: when the person last wrote, None where they never did.
        ticket: the code of the ticket it is about, "" for none.
        leaving: awaited when its turn in the pace has come, before each request that shows it to
            the person: of a letter to many it is then on the disk that it may have arrived.
    """

    id: int
    to: Address
    body: Outgoing
    bulk: bool = False
    parts_sent: int = 0
    repeat: bool = False
    written_at: datetime | None = None
    ticket: str = ""
    leaving: Callable[[], Awaitable[None]] = field(default=unmarked, compare=False, repr=False)


class Accept(Protocol):
    """The door of the inbox."""

    async def __call__(self, incoming: Incoming) -> bool:
        """Keep a message durably.

        Returns only after the commit: True where it is new, False where its key was there already.

        Raises:
            storage.database.StoreUnavailable: it could not be kept; the platform must send again.
        """
        ...


class CannotFetch(Exception):
    """An attachment can never be had: too large, gone, or not what it says it is."""


class Channel(Protocol):
    """A platform on which people write to us.

    `Unreachable` and `Throttled` from `fetch` mean: try again later.
    """

    name: str
    limits: Limits

    def routes(self, accept: Accept) -> Sequence[web.AbstractRouteDef]:
        """Give the HTTP routes through which messages arrive; none for a channel that polls."""
        ...

    async def listen(self, accept: Accept) -> None:
        """Do whatever the channel does while the service runs, until cancelled: poll, register."""
        ...

    async def send(self, letter: Letter) -> tuple[str, ...]:
        """Send a letter; give the platform's id of each part. Fails only with a SendError."""
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """Fetch the bytes of what a person sent; fails with SendError or CannotFetch."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
