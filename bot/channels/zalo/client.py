"""Asking Zalo over HTTP: one pool of connections, and what each way of failing means."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from bot.channels.channel import Misconfigured, Refused, Throttled, Unknown, Unreachable
from bot.channels.zalo.errors import TokenRefused, Unclear

CONNECT: Final = 5.0
TOTAL: Final = 15.0
"""Seconds for a connection, and for a request from beginning to end."""

IDLE: Final = 10.0
"""Seconds that an unused connection is kept: less than Zalo keeps it, so that a request does not
meet its end and leave us not knowing what became of it."""

ANSWER_BYTES: Final = 1024 * 1024

Answer = Mapping[str, object]

BY_STATUS: Final[Mapping[int, type[Exception]]] = {
    HTTPStatus.BAD_REQUEST: Refused,
    HTTPStatus.UNAUTHORIZED: TokenRefused,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Refused,
    HTTPStatus.TOO_MANY_REQUESTS: Throttled,
    HTTPStatus.SERVICE_UNAVAILABLE: Unreachable,
    # The request went on and nobody waited for what became of it.
    HTTPStatus.GATEWAY_TIMEOUT: Unknown,
}
"""Statuses whose body says nothing more."""


class Client:
    """Asks and reads JSON; no error of it names what it was handed.

    Args:
        total: seconds for a request from beginning to end.
    """

    def __init__(self, total: float = TOTAL) -> None:
        self._total = total
        self._session: aiohttp.ClientSession | None = None

    async def post_json(self, url: str, body: object, headers: Mapping[str, str]) -> Answer:
        """Post a JSON body; raises as `ask` does."""
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        # Half a character in somebody's name must not keep a letter from going out.
        data = text.encode("utf-8", "replace")
        return await self._ask(
            "POST", url, data=data, headers={**headers, "Content-Type": "application/json"}
        )

    async def post_form(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        """Post a form; raises as `ask` does."""
        return await self._ask("POST", url, data=dict(form), headers=headers)

    async def post_file(
        self, url: str, name: str, content: bytes, mime: str, headers: Mapping[str, str]
    ) -> Answer:
        """Post a file under the name "file"; raises as `ask` does.

        The name has neither quotation marks nor line breaks.
        """
        # As browsers send a name: its letters as they are, not percent by percent.
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("file", content, filename=name, content_type=mime)
        return await self._ask("POST", url, data=form, headers=headers)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Get an address; raises as `ask` does."""
        return await self._ask("GET", url, headers=headers)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, verb: str, url: str, **what: Any) -> Answer:  # noqa: ANN401 - aiohttp's own
        """Give the JSON object that came, whatever error it names.

        Raises:
            Unreachable: no connection; nothing was sent.
            Unclear: an answer that says out of order; hardly anything was done.
            Unknown: the request left us and no whole answer came.
            Throttled: asked to wait by HTTP itself.
            TokenRefused: HTTP 401.
            Misconfigured: this is not the address of Zalo's API.
            Refused: the request itself is not understood.
        """
        try:
            # A redirect would carry the token to who knows where.
            async with self._open().request(verb, url, allow_redirects=False, **what) as answer:
                status = answer.status
                raw = await answer.content.read(ANSWER_BYTES)
                while not answer.content.at_eof() and len(raw) < ANSWER_BYTES:
                    raw += await answer.content.read(ANSWER_BYTES - len(raw))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # From None here and below: some of aiohttp's errors carry the headers, token and all.
            raise Unreachable(f"no connection ({type(error).__name__})") from None
        except aiohttp.ClientConnectionResetError:
            # The connection was gone before the whole request was written.
            raise Unreachable("the connection was gone") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unknown(f"no answer ({type(error).__name__})") from None
        return _read(status, raw)

    def _open(self) -> aiohttp.ClientSession:
        # Made at the first request, because it belongs to the running event loop.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE),
                timeout=aiohttp.ClientTimeout(total=self._total, connect=CONNECT),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


def _read(status: int, raw: bytes) -> Answer:
    """Read an answer; Zalo's own errors come as HTTP 200, the others from what stands before it."""
    if status in BY_STATUS:
        raise BY_STATUS[status](f"HTTP {status}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unclear(f"HTTP {status}")
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if status != HTTPStatus.OK:
        raise Misconfigured(f"HTTP {status} from the address of the API")
    if raw.lstrip().startswith(b"{"):
        # An answer of the API that broke off: it was carried out or refused, we cannot tell.
        raise Unknown("the answer broke off")
    # A page of whatever stands before the API, such as a notice of maintenance.
    raise Unclear("the answer is no JSON")
