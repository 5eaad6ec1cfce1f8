"""Files that go out through Zalo's upload: pictures of 1 MB, documents of 5 MB."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.channels.channel import CannotFetch, Misconfigured, Throttled, Unknown, Unreachable
from bot.channels.zalo.media import Media
from bot.channels.zalo.openapi import UPLOAD_FILE, UPLOAD_IMAGE, Data, Declined, OpenApi
from bot.channels.zalo.parts import DOCUMENTS, PICTURE_BYTES, ending
from bot.photos import BadPhoto, within
from messages.envelope import Attachment, AttachmentKind

log = structlog.get_logger(__name__)

FILE_BYTES: Final = 5 * 1024 * 1024

LASTS: Final = timedelta(days=6)
"""How long an uploaded file is used again: Zalo forgets it after seven days."""

REMEMBERED: Final = 500

QUOTA: Final = -211
"""Of an upload: the 5,000 of a month are used up, while letters still go."""

OURS: Final = "media:"
UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|;%]+')
LONGEST_NAME: Final = 100


class CannotUpload(Exception):
    """Zalo cannot have this file as a file: a link goes instead."""


@dataclass(frozen=True, slots=True)
class _Uploaded:
    asset: str
    until: datetime


class Uploads:
    """Uploads files and gives what Zalo calls them.

    Args:
        api: Zalo's OpenAPI.
        media: fetches what lies with Zalo.
        open_media: reads what lies in our own store.
        clock: tells how long a file can be used again.
    """

    def __init__(
        self,
        api: OpenApi,
        media: Media,
        open_media: Callable[[str], Awaitable[bytes]],
        clock: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._media = media
        self._open_media = open_media
        self._clock = clock
        self._known: dict[str, _Uploaded] = {}

    def can(self, attachment: Attachment) -> bool:
        """Whether the bytes can be had: from our own store, or from Zalo itself."""
        return attachment.ref.startswith(OURS) or self._media.may_fetch(attachment.ref)

    async def asset(self, attachment: Attachment) -> str:
        """Give the id or token of a file, uploaded now or lately.

        Raises:
            CannotUpload: it is not to be had, too large, or Zalo does not take it.
            Unreachable: not now; nothing that the person could see was done.
            Throttled: not now.
            Misconfigured: our token or rights are wrong.
        """
        known = self._known.get(attachment.ref)
        if known is not None and known.until > self._clock():
            return known.asset
        content = await self._content(attachment)
        try:
            asset = await self._upload(attachment, content)
        except Unknown as error:
            # A file that Zalo has twice is nobody's trouble.
            raise Unreachable(error.reason) from None
        except Declined as declined:
            if isinstance(declined.error, Misconfigured | Throttled) and declined.code != QUOTA:
                raise declined.error from None
            raise CannotUpload(declined.error.reason) from None
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[attachment.ref] = _Uploaded(asset, self._clock() + LASTS)
        return asset

    def forget(self, attachment: Attachment) -> None:
        """Zalo does not know the file any more."""
        self._known.pop(attachment.ref, None)

    async def _content(self, attachment: Attachment) -> bytes:
        """Give the bytes as Zalo takes them."""
        try:
            if attachment.ref.startswith(OURS):
                content = await self._open_media(attachment.ref)
            else:
                content = await self._media.fetch(attachment)
            if attachment.kind is AttachmentKind.IMAGE:
                content = await asyncio.to_thread(within, content, PICTURE_BYTES)
        except (OSError, CannotFetch, BadPhoto, Unreachable) as error:
            raise CannotUpload(f"{type(error).__name__}: {error}") from None
        if not content or len(content) > FILE_BYTES:
            raise CannotUpload(f"{len(content)} bytes")
        return content

    async def _upload(self, attachment: Attachment, content: bytes) -> str:
        if attachment.kind is AttachmentKind.IMAGE:
            data = await self._api.upload(UPLOAD_IMAGE, "photo.jpg", content, "image/jpeg")
            return _named(data, "attachment_id")
        mime = DOCUMENTS[ending(attachment.name)]
        return _named(
            await self._api.upload(UPLOAD_FILE, _name(attachment.name), content, mime), "token"
        )


def _named(data: Data, name: str) -> str:
    asset = data.get(name)
    if not isinstance(asset, str) or not asset:
        # So Zalo answers where it does not like the name's ending.
        raise CannotUpload("no id was given")
    return asset


def _name(name: str) -> str:
    """A name that is safe in a header, its ending kept."""
    stem, _dot, suffix = UNSAFE.sub("_", name).rpartition(".")
    return f"{stem.strip(' .')[:LONGEST_NAME] or 'tai-lieu'}.{suffix.lower()}"
