"""Fetching what a person sent: from Zalo's own hosts alone, bounded in size and time."""

import asyncio
import ipaddress
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.channels.channel import CannotFetch, Unreachable
from bot.channels.resolving import PublicResolver
from messages.envelope import Attachment, AttachmentKind

LARGEST: Final = 20 * 1024 * 1024
TIMEOUT: Final = 60.0
REDIRECTS: Final = 3
CHUNK: Final = 64 * 1024

SIGNS: Final[tuple[tuple[AttachmentKind, int, bytes], ...]] = (
    (AttachmentKind.IMAGE, 0, b"\xff\xd8\xff"),
    (AttachmentKind.IMAGE, 0, b"\x89PNG\r\n\x1a\n"),
    (AttachmentKind.IMAGE, 0, b"GIF8"),
    (AttachmentKind.IMAGE, 8, b"WEBP"),
    (AttachmentKind.IMAGE, 4, b"ftyphei"),
    (AttachmentKind.IMAGE, 4, b"ftypmif1"),
    (AttachmentKind.IMAGE, 4, b"ftypavif"),
    (AttachmentKind.AUDIO, 0, b"#!AMR"),
    (AttachmentKind.AUDIO, 0, b"ID3"),
    (AttachmentKind.AUDIO, 0, b"\xff\xf1"),
    (AttachmentKind.AUDIO, 0, b"\xff\xf9"),
    (AttachmentKind.AUDIO, 0, b"\xff\xfb"),
    (AttachmentKind.AUDIO, 0, b"OggS"),
    (AttachmentKind.AUDIO, 8, b"WAVE"),
    (AttachmentKind.AUDIO, 4, b"ftyp"),
    (AttachmentKind.VIDEO, 4, b"ftyp"),
    (AttachmentKind.VIDEO, 0, b"\x1aE\xdf\xa3"),
)
"""What files of a kind begin with, and at which byte."""

PAGE: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml")
"""How a page begins: what a host shows in place of a file that is gone, or worse."""

HAVE_NO_BYTES: Final = frozenset(
    {AttachmentKind.LINK, AttachmentKind.LOCATION, AttachmentKind.CONTACT}
)


class Hosts:
    """The hosts from which may be fetched.

    Args:
        listed: suffixes such as "zdn.vn", which never lead to a private address; an entry with a
            port, "127.0.0.1:8081", is that host alone and may be private (an emulator's).
    """

    def __init__(self, listed: Iterable[str]) -> None:
        entries = [entry.lower().strip(".") for entry in listed]
        self._exact = frozenset(entry for entry in entries if ":" in entry)
        self._suffixes = tuple(entry for entry in entries if entry and ":" not in entry)

    def allow(self, url: URL) -> bool:
        """Whether an address may be fetched; whether its host is private shows when it is found."""
        host = (url.host or "").lower().rstrip(".")
        if url.scheme not in {"http", "https"} or not host or url.user is not None:
            return False
        if self.is_exact(host, url.port):
            return True
        if _is_literal(host):
            return False
        return any(host == suffix or host.endswith(f".{suffix}") for suffix in self._suffixes)

    def is_exact(self, host: str, port: int | None) -> bool:
        """Whether a host is listed with its port."""
        return f"{host}:{port}" in self._exact


class Media:
    """Fetches files.

    Args:
        hosts: the setting ZALO_MEDIA_HOSTS.
        resolver: finds hosts; the system's where None.
    """

    def __init__(self, hosts: Iterable[str], resolver: AbstractResolver | None = None) -> None:
        self._hosts = Hosts(hosts)
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    def may_fetch(self, ref: str) -> bool:
        """Whether something lies on a host from which may be fetched."""
        try:
            return self._hosts.allow(URL(ref))
        except ValueError:
            return False

    async def fetch(self, attachment: Attachment) -> bytes:
        """Give the bytes of what a person sent.

        Raises:
            CannotFetch: it is nowhere we may fetch from, too large, gone, or not what it should be.
            Unreachable: not now.
        """
        if attachment.kind in HAVE_NO_BYTES:
            raise CannotFetch(f"a {attachment.kind} has no bytes")
        if attachment.size > LARGEST:
            raise CannotFetch("too large")
        try:
            data = await self._follow(URL(attachment.ref))
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as error:
            # Time-outs among them; the reason tells no address, which is as good as the photo.
            raise Unreachable(f"the file cannot be fetched ({type(error).__name__})") from None
        except (aiohttp.ClientError, ValueError) as error:
            raise CannotFetch(f"no address of a file ({type(error).__name__})") from None
        _check(attachment.kind, data)
        return data

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, url: URL) -> bytes:
        async with asyncio.timeout(TIMEOUT):
            for _ in range(REDIRECTS + 1):
                if not self._hosts.allow(url):
                    raise CannotFetch("a host that is not on the list")
                found = await self._get(url)
                if isinstance(found, bytes):
                    return found
                url = found
        raise CannotFetch("led on and on")

    async def _get(self, url: URL) -> bytes | URL:
        """Give the bytes, or where they are instead."""
        async with self._open().get(url, allow_redirects=False) as answer:
            status = answer.status
            if status in {301, 302, 303, 307, 308}:
                return url.join(URL(answer.headers.get("Location", "")))
            if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Unreachable(f"HTTP {status}")
            if status != HTTPStatus.OK:
                raise CannotFetch(f"HTTP {status}")
            if (answer.content_length or 0) > LARGEST:
                raise CannotFetch("too large")
            data = bytearray()
            async for chunk in answer.content.iter_chunked(CHUNK):
                data += chunk
                if len(data) > LARGEST:
                    raise CannotFetch("too large")
            return bytes(data)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=PublicResolver(self._hosts.is_exact, _inside, self._resolver),
                    use_dns_cache=False,
                ),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=5.0),
                cookie_jar=aiohttp.DummyCookieJar(),
                # Compressed, a small answer could be a very large file.
                headers={"Accept-Encoding": "identity"},
            )
        return self._session


def _inside(_host: str) -> CannotFetch:
    return CannotFetch("a host without a public address")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check(kind: AttachmentKind, data: bytes) -> None:
    """Refuse what is not what it says it is; a document may be anything but a page."""
    if not data:
        raise CannotFetch("empty")
    if kind is AttachmentKind.FILE:
        if data[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGE):
            raise CannotFetch("a page in place of a file")
        return
    wanted = AttachmentKind.IMAGE if kind is AttachmentKind.STICKER else kind
    if not any(one is wanted and data.startswith(sign, at) for one, at, sign in SIGNS):
        raise CannotFetch(f"not {kind}")
