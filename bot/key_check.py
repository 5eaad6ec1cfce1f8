"""Whether the secret key is the one the store was sealed with."""

from bot.refusal import Refusal
from messages.text import _
from storage.clock import Clock
from storage.credentials import Credentials
from storage.database import Store
from storage.rotation import KEY_CHECK as NAME
from storage.rotation import take_over_hash_key
from storage.sealing import CannotUnseal


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
        await take_over_hash_key(store, store.box)
    except CannotUnseal as error:
        raise Refusal(
            _(
                "The database was sealed with another key: set BOT_SECRET_KEY, or put back "
                "secret.key, as it was. Where a change of the key was cut short, end it by "
                "`python -m bot key rotate`."
            )
        ) from error
