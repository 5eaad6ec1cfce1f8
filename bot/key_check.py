"""Whether the secret key is the one the store was sealed with."""

from bot.refusal import Refusal
from messages.text import _
from storage.clock import Clock
from storage.credentials import Credentials
from storage.database import Store
from storage.sealing import CannotUnseal

NAME = "key-check"
"""The credential that is nobody's: it is sealed at the first start and opened at each later one."""


async def check_key(store: Store, clock: Clock) -> None:
    """Refuse to go on with another key: each message would fail and be set aside.

    Raises:
        Refusal: the store was sealed with another key.
        StoreUnavailable: the store cannot be read or written.
    """
    credentials = Credentials(store, clock)
    try:
        if await credentials.read(NAME) is None:
            await credentials.seed(NAME, NAME)
    except CannotUnseal as error:
        raise Refusal(
            _(
                "The database was sealed with another key: set BOT_SECRET_KEY, or put back "
                "secret.key, as it was."
            )
        ) from error
