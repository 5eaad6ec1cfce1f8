"""Requests to the Bot API over aiohttp, in which the bot's token never comes to light."""

import io
import json
import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver
from telegram import Bot
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.resolving import PublicResolver

Json = dict[str, Any]

CONNECT = 5.0
READ = 10.0
UPLOAD = 30.0
"""Seconds for a connection, for an answer, and for an answer to files; the outbox's lease on a
letter is longer than any of them."""

CONNECTIONS = 100

NOT_GIVEN = BaseRequest.DEFAULT_NONE

TOLD_BY_LIBRARY = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
    }
)
"""Refusals for which the library has an exception of its own."""


OFFICIAL = "https://api.telegram.org"


class NothingSent(NetworkError):
    """No connection came about: the request never left us."""


class Garbled(TelegramError):
    """What came back is no answer of the Bot API; the request may have been carried out."""


class TooFast(TelegramError):
    """The platform asks us to wait (HTTP 429).

    Args:
        description: what it said.
        seconds: how long.
    """

    def __init__(self, description: str, seconds: float) -> None:
        super().__init__(description)
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """The transport under `telegram.Bot`; httpx, the library's own, costs several times the CPU.

    Raises `NothingSent` where nothing left us, `TimedOut` where no answer came, `Garbled`,
    `TooFast`, `NetworkError` where the platform is out of order, else what the library raises.

    Args:
        token: what is cut out of every error.
        proxy: the address of an HTTP proxy, "" for none.
        api: where the Bot API is.
        reading: seconds that an answer may take.
        uploading: seconds that an answer to files, and a file itself, may take.
        resolver: finds hosts; the system's where None.
    """

    def __init__(
        self,
        token: str,
        *,
        proxy: str = "",
        api: str = OFFICIAL,
        reading: float = READ,
        uploading: float = UPLOAD,
        resolver: AbstractResolver | None = None,
    ) -> None:
        if proxy and not proxy.startswith(("http://", "https://")):
            raise ValueError("BOT_TELEGRAM_PROXY must be an http(s) address")
        self._secrets = (token, quote(token, safe=""))
        self._proxy = proxy or None
        hosts = {urlsplit(one).hostname or "" for one in (proxy, api) if one and one != OFFICIAL}
        self._named, self._resolver = frozenset(hosts), resolver
        self._reading = reading
        self._uploading = uploading
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How many seconds an answer may take."""
        return self._reading

    async def initialize(self) -> None:
        """Open the connections; the first request does it too."""
        self._open()

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = NOT_GIVEN,
        write_timeout: object = NOT_GIVEN,
        connect_timeout: object = NOT_GIVEN,
        pool_timeout: object = NOT_GIVEN,
    ) -> tuple[int, bytes]:
        """Make one request; give its status and what was answered."""
        del write_timeout, connect_timeout, pool_timeout
        with_files = request_data is not None and request_data.contains_files
        reading = self._uploading if with_files else self._reading
        if isinstance(read_timeout, int | float):
            reading = float(read_timeout)
        try:
            async with self._open().request(
                method,
                url,
                data=_body(request_data),
                headers=None if with_files or request_data is None else JSON_HEADERS,
                timeout=_within(reading),
                proxy=self._proxy,
                allow_redirects=False,
            ) as response:
                status, payload = response.status, await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._told(error) from None
        return status, self._checked(status, payload)

    async def download(self, url: str, most: int) -> bytes:
        """Fetch a file of at most so many bytes.

        Raises:
            TelegramError: as in `do_request`; `BadRequest` where it is too large or gone.
        """
        received = bytearray()
        try:
            async with self._open().get(
                url,
                timeout=_within(self._uploading),
                proxy=self._proxy,
                allow_redirects=False,
                # Compressed, a small answer could be a very large file.
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
            ) as response:
                if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
                    # Files are where the Bot API is, and nowhere else.
                    raise BadRequest("a redirect, which is not followed")
                if response.status != HTTPStatus.OK:
                    self._checked(response.status, b"{}")
                    raise BadRequest(f"HTTP {response.status}")
                if (response.content_length or 0) > most:
                    raise BadRequest("file is too big")
                async for chunk in response.content.iter_chunked(1 << 16):
                    received += chunk
                    if len(received) > most:
                        raise BadRequest("file is too big")
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._told(error) from None
        return bytes(received)

    @staticmethod
    def parse_json_payload(payload: bytes) -> Json:
        """Read an answer; unlike the library's own, never put it into the log."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise Garbled("the answer is not JSON") from None
        if not isinstance(answer, dict):
            raise Garbled("the answer is not an object")
        return answer

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=CONNECTIONS,
                    resolver=PublicResolver(self._is_named, _blocked, self._resolver),
                ),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _is_named(self, host: str, _port: int) -> bool:
        return host in self._named

    def _checked(self, status: int, payload: bytes) -> bytes:
        """Give the answer as the library may see it, or raise what it has no exception for."""
        if status < HTTPStatus.MULTIPLE_CHOICES:
            if "result" not in self.parse_json_payload(payload):
                raise Garbled("the answer has no result")
            return payload
        # An error page of whatever stands before the API may name the address that was asked for.
        payload = self._without_secrets(payload.decode("utf-8", "replace")).encode()
        description, parameters = _refusal(payload)
        if status in TOLD_BY_LIBRARY:
            return (
                payload if description else json.dumps({"description": f"HTTP {status}"}).encode()
            )
        said = f"{description} (HTTP {status})" if description else f"HTTP {status}"
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise TooFast(said, _seconds(parameters.get("retry_after")))
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise BadRequest(said)
        if status == HTTPStatus.GATEWAY_TIMEOUT:
            # The request went on and nobody waited for what became of it.
            raise TimedOut(said)
        raise NetworkError(said)

    def _told(self, error: Exception) -> TelegramError:
        said = self._without_secrets(f"{type(error).__name__}: {error}")
        if isinstance(error, NEVER_LEFT):
            return NothingSent(said)
        return TimedOut(said)

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "<token>")
        return text


JSON_HEADERS = {"Content-Type": "application/json"}

NEVER_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientConnectionResetError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
"""Failures before a request goes out."""


def _within(reading: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        total=CONNECT + reading, connect=CONNECT, sock_connect=CONNECT, sock_read=reading
    )


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return json.dumps(data.parameters, ensure_ascii=False).encode("utf-8", "replace")
    # Quoted, Vietnamese file names would be read as "tr%E1%BA%A3".
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value.encode("utf-8", "replace").decode())
    for name, (file_name, content, mime) in data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=file_name, content_type=mime)
    return form


def _refusal(payload: bytes) -> tuple[str, Json]:
    """What a refusal says, and its parameters; nothing of a page that is not the Bot API's."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return "", {}
    if not isinstance(answer, dict):
        return "", {}
    parameters = answer.get("parameters")
    return str(answer.get("description", "")), parameters if isinstance(parameters, dict) else {}


def _seconds(value: object) -> float:
    """How long to wait; five seconds where the platform does not say."""
    return float(value) if isinstance(value, int | float) and value > 0 else 5.0


class TelegramBot(Bot):
    """The Bot API of one bot.

    Args:
        token: of the bot.
        api: where the Bot API is.
        transport: over which requests go.
    """

    def __init__(self, token: str, api: str, transport: AiohttpRequest) -> None:
        # At DEBUG the library writes addresses with the token, and what people wrote.
        logging.getLogger("telegram").setLevel(logging.WARNING)
        super().__init__(
            token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=transport,
            get_updates_request=transport,
        )

    async def updates(self, offset: int | None, seconds: int, kinds: tuple[str, ...]) -> list[Json]:
        """Ask for updates as they came, waiting so many seconds for the first.

        The library's own `get_updates` reads all of them and fails for all where one is odd.

        Args:
            offset: the first that is wanted; those before it are confirmed by asking.
            seconds: how long the platform holds the question.
            kinds: the kinds of update that are wanted.
        """
        asked = {"offset": offset, "timeout": seconds, "allowed_updates": kinds}
        answer = await self._post("getUpdates", asked, read_timeout=seconds + READ)
        if not isinstance(answer, list) or not all(isinstance(update, dict) for update in answer):
            raise Garbled("the updates are not a list of objects")
        return answer


def _blocked(host: str) -> OSError:
    return OSError(f"{host} leads to no public address: it may be blocked here")
