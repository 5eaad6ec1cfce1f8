"""Fetches the one-stop system's table over HTTP; what is done with it is the import's matter."""

import asyncio
import re
from http import HTTPStatus

import aiohttp
from aiohttp.abc import AbstractResolver

from bot.channels.resolving import PublicResolver
from bot.dossier_sheet import LONGEST_FILE
from handlers.dossier_reasons import NOT_PULLED
from handlers.dossier_records import DossierSource
from messages.text import Text

PATIENCE = 120.0
"""Seconds for a whole answer."""

CONNECT = 10.0
CHUNK = 256 * 1024

NAMED = re.compile(r"([A-Za-z0-9-]+):\s*(.+)")


class NotPulled(Exception):
    """The table was not given.

    Attributes:
        word: why, a word of `handlers.dossier_reasons.NOT_PULLED`.
    """

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word

    @property
    def reason(self) -> Text:
        """Say why, for a clerk."""
        return NOT_PULLED[self.word]


async def fetch(
    source: DossierSource,
    header: str = "",
    *,
    patience: float = PATIENCE,
    resolver: AbstractResolver | None = None,
) -> bytes:
    """Give what stands at the source's address.

    Args:
        source: where, as commune.toml says.
        header: "Name: value" by which it knows us, or a value of Authorization; the setting
            DOSSIERS_HEADER.
        patience: seconds for a whole answer.
        resolver: finds hosts; the system's where None.

    Raises:
        NotPulled: nothing that could be a table came; no address or key stands in the error.
    """
    headers = {"Accept-Encoding": "identity", "Accept": "application/json, text/csv;q=0.9, */*"}
    if header:
        named = NAMED.fullmatch(header)
        headers[named[1] if named else "Authorization"] = named[2] if named else header
    connector = aiohttp.TCPConnector(
        resolver=PublicResolver(lambda _host, _port: source.private, _inside, resolver)
    )
    try:
        async with (
            asyncio.timeout(patience),
            aiohttp.ClientSession(
                connector=connector,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
            ) as session,
            session.get(source.url, allow_redirects=False) as answer,
        ):
            return await _body(answer)
    except TimeoutError:
        raise NotPulled("slow") from None
    except (aiohttp.ClientPayloadError, aiohttp.ServerDisconnectedError):
        raise NotPulled("cut") from None
    except (aiohttp.ClientError, OSError, ValueError):
        raise NotPulled("unreachable") from None


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    _check(answer)
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > LONGEST_FILE:
            raise NotPulled("large")
    if content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NotPulled("page")
    return bytes(content)


def _check(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise NotPulled("unauthorized")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotPulled("fault")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise NotPulled("elsewhere")
    if status != HTTPStatus.OK:
        raise NotPulled("missing")
    if (answer.content_length or 0) > LONGEST_FILE:
        raise NotPulled("large")
    if answer.content_type == "text/html":
        raise NotPulled("page")
    chunked = "chunked" in answer.headers.get("Transfer-Encoding", "").lower()
    if answer.content_length is None and not chunked:
        # A table that breaks off could not be told from a whole one.
        raise NotPulled("cut")


def _inside(_host: str) -> NotPulled:
    return NotPulled("private")
