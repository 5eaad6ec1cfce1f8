"""What the service around the channel does for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from messages.envelope import Address, Attachment
from storage.channel_facts import Fact
from storage.credentials import Credentials


def _nowhere(_attachment: Attachment) -> str:
    return ""


async def _no_bytes(ref: str) -> bytes:
    raise FileNotFoundError(ref)


async def _unheard(_subject: str, _episode: str, _told: str) -> None:
    return


async def _forgotten(_name: str, _value: str) -> None:
    return


async def _unknown(_name: str) -> Fact | None:
    return None


async def _no_phone(_address: Address) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The ZBS template that tells a person outside the window that a letter waits.

    Attributes:
        template: its id, "" = none is used.
        code: the name of its parameter that takes the ticket's code, "" = it has none.
        office: the name of its parameter that takes the commune's name, "" = it has none.
        office_name: what stands in the latter.
    """

    template: str = ""
    code: str = ""
    office: str = ""
    office_name: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The service around the channel; each default does nothing.

    Attributes:
        link: gives a public, expiring address for a file of our own store, "" where it has none.
        open_media: reads a file of our own store by its reference, `media:HASH`.
        alarm: tells the administrators, once for each subject and episode, what is known.
        keep_fact: writes down what the platform told of itself, "" forgets it.
        read_fact: gives what was written down.
        phone_of: gives the number that a person left, "" for none.
        consents: where it is known which consent is waited for, None = no callback is served.
        verifier: of the consent link.
        waiting: the template for a closed window.
    """

    link: Callable[[Attachment], str] = _nowhere
    open_media: Callable[[str], Awaitable[bytes]] = _no_bytes
    alarm: Callable[[str, str, str], Awaitable[None]] = _unheard
    keep_fact: Callable[[str, str], Awaitable[None]] = _forgotten
    read_fact: Callable[[str], Awaitable[Fact | None]] = _unknown
    phone_of: Callable[[Address], Awaitable[str]] = _no_phone
    consents: Credentials | None = None
    verifier: str = ""
    waiting: Waiting = Waiting()
