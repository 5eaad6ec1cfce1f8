"""What is handed out to whoever has the link to it: kept files, and what is held of a person."""

from collections.abc import Awaitable, Callable

from bot.pages.media import KeptMedia
from bot.service import Ground
from handlers import own_data
from storage.audit import looked_at_file
from storage.held import held_by_link
from storage.reader import Reader


async def open_file(ground: Ground, digest: str) -> KeptMedia | None:
    """Read a kept file, None where there is none of that hash; that it was opened is written down.

    Raises:
        StoreUnavailable: it could not be written down; then it is not shown.
    """
    mime = await ground.media.mime_of(digest)
    if not mime:
        return None
    await looked_at_file(ground.store, digest, ground.clock())
    try:
        return KeptMedia(await ground.media.read(digest), mime)
    except FileNotFoundError:
        return None


def own_data_of(*grounds: Ground) -> Callable[[str], Awaitable[str | None]]:
    """Give what writes out what a link leads to, in the store of the service or of practice."""

    async def held(code: str) -> str | None:
        for ground in grounds:
            found = await held_by_link(Reader(ground.store), code, ground.clock())
            if found is not None:
                return own_data.as_text(found, ground.office)
        return None

    return held
