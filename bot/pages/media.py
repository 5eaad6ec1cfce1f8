"""Signed links to kept photos and documents."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from aiohttp import web
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from messages.envelope import Attachment

SHOWN: frozenset[str] = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "audio/ogg",
        "audio/webm",
        "audio/mp4",
        "audio/mpeg",
    }
)
"""What a browser may show or play; all else is saved, so that nobody's page runs under our name."""

_HASH = re.compile(r"[0-9a-f]{64}")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|;%]+')
_LONGEST_NAME = 100
KEPT = "media:"


@dataclass(frozen=True, slots=True)
class KeptMedia:
    """A kept file.

    Attributes:
        data: its bytes.
        mime: its media type, as found in its content.
    """

    data: bytes
    mime: str


class MediaLinks:
    """Makes links that open a kept file for a while, and reads them.

    Args:
        key: signs them.
        now: our clock.
        valid: how long they open.
        prefix: where the route of the links is.
    """

    def __init__(
        self,
        key: str,
        now: Callable[[], datetime],
        valid: timedelta = timedelta(hours=24),
        prefix: str = "/media",
    ) -> None:
        class Clocked(TimestampSigner):
            """Stamps with our clock instead of the machine's."""

            def get_timestamp(self) -> int:
                return int(now().timestamp())

        self._signer = URLSafeTimedSerializer(
            key,
            salt="media",
            signer=Clocked,
            signer_kwargs={"digest_method": hashlib.sha256},
        )
        self._valid = valid
        self.prefix = prefix

    def path(self, media_hash: str, name: str = "") -> str:
        """Give the path of a link to the file of a hash; put PUBLIC_URL before it to send it."""
        token = self._signer.dumps([media_hash, name[:_LONGEST_NAME]])
        return f"{self.prefix}/{token!s}"

    def of(self, attachment: Attachment) -> str:
        """Give the address of an attachment: ours as a link, an https address as it is, else ""."""
        if attachment.ref.startswith(KEPT):
            return self.path(attachment.ref.removeprefix(KEPT), attachment.name)
        return attachment.ref if attachment.ref.startswith("https://") else ""

    def read(self, token: str) -> tuple[str, str] | None:
        """Give hash and name of a link, None where it is not ours or expired."""
        try:
            found: object = self._signer.loads(token, max_age=int(self._valid.total_seconds()))
        except BadData:
            return None
        match found:
            case [str(media_hash), str(name)] if _HASH.fullmatch(media_hash):
                return media_hash, name
        return None


def disposition(name: str, mime: str) -> str:
    """Write the header that says under which name a file is saved (RFC 6266)."""
    kind = "inline" if mime in SHOWN else "attachment"
    safe = _UNSAFE.sub("_", name).strip(" .")
    if not safe:
        return kind
    plain = safe.encode("ascii", "replace").decode("ascii").replace("?", "_")
    told = quote(safe.encode(errors="replace"), safe="")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{told}"


def media_route(
    links: MediaLinks, open_media: Callable[[str], Awaitable[KeptMedia | None]]
) -> web.RouteDef:
    """Give the route of the links, `/media/{token}`."""

    async def media(request: web.Request) -> web.Response:
        told = links.read(request.match_info["token"])
        kept = await open_media(told[0]) if told else None
        if told is None or kept is None:
            raise web.HTTPNotFound
        mime = kept.mime if kept.mime in SHOWN else "application/octet-stream"
        headers = {
            "Content-Type": mime,
            "Content-Disposition": disposition(told[1], mime),
            # A link that has expired must not open from anybody's cache.
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        return web.Response(body=kept.data, headers=headers)

    return web.get(f"{links.prefix}/{{token}}", media)
