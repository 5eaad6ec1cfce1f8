"""Who is at the other end of a web page."""

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Protocol

from aiohttp import web
from itsdangerous import BadSignature, Signer

from messages.envelope import Address

CHANNEL = "web"

COOKIE = "person"
EMBEDDED_COOKIE = "person_embedded"
"""The second one: a page framed on another site is sent only what is kept apart for that site."""

FOR_SECONDS = 400 * 24 * 3600
"""The longest that browsers keep a cookie (RFC 6265bis, 5.5)."""

NEW = web.RequestKey("new_person", str)

PERSON_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Identity(Protocol):
    """Tells who asks, and lets the browser remember it."""

    def person(self, request: web.Request) -> Address:
        """Tell who asks; somebody new where nothing believable says it."""
        ...

    def give(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put into an answer what makes the browser known next time."""
        ...


class CookieIdentity:
    """A random id in a signed cookie that scripts cannot read.

    Args:
        key: signs the cookies; whoever changes it makes everybody a stranger.
        secure: whether people reach us over https, so that cookies go nowhere else.
        embeddable: whether other sites may frame the chat.
        draw: makes an id.
    """

    def __init__(
        self,
        key: str,
        *,
        secure: bool,
        embeddable: bool = False,
        draw: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._signer = Signer(key, salt="web.person", digest_method=hashlib.sha256)
        self._secure = secure
        # Browsers take a cookie for framed pages only over https.
        self._embeddable = embeddable and secure
        self._draw = draw

    def person(self, request: web.Request) -> Address:
        """Tell who asks; a missing or forged cookie makes somebody new, once in a request."""
        found = self._known(request)
        if not found:
            found = request.get(NEW) or self._draw()
            request[NEW] = found
        return Address(CHANNEL, found)

    def known(self, request: web.Request) -> Address | None:
        """Tell who asks, None where nothing believable says it."""
        found = self._known(request)
        return Address(CHANNEL, found) if found else None

    def give(self, request: web.Request, response: web.StreamResponse) -> None:
        """Set the cookie, for another 400 days where there is one already."""
        person = self.person(request)
        if self._embeddable and "embed" in request.query:
            value = self._signer.sign(person.id).decode("ascii")
            # Python's own cookies learn to say Partitioned only in 3.14.
            response.headers.add(
                "Set-Cookie",
                f"{EMBEDDED_COOKIE}={value}; Max-Age={FOR_SECONDS}; Path=/; HttpOnly; Secure; "
                "SameSite=None; Partitioned",
            )
            return
        self.become(response, person)

    def become(self, response: web.StreamResponse, person: Address) -> None:
        """Let the browser be a person from now on."""
        response.set_cookie(
            COOKIE,
            self._signer.sign(person.id).decode("ascii"),
            max_age=FOR_SECONDS,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Lax",
        )

    def _known(self, request: web.Request) -> str:
        for name in (COOKIE, EMBEDDED_COOKIE):
            try:
                found = self._signer.unsign(request.cookies.get(name, "")).decode("ascii")
            except (BadSignature, UnicodeError):
                continue
            if PERSON_ID.fullmatch(found):
                return found
        return ""


class PracticeIdentity:
    """The people of the practice page, told apart by `?as=`: nobody proves who they are there.

    Args:
        people: who may be played → the address on the practice store.
    """

    def __init__(self, people: Mapping[str, Address]) -> None:
        self._people = people

    def person(self, request: web.Request) -> Address:
        """Tell who is played.

        Raises:
            web.HTTPNotFound: nobody of that name is.
        """
        try:
            return self._people[request.query.get("as", "")]
        except KeyError:
            raise web.HTTPNotFound from None

    def give(self, request: web.Request, response: web.StreamResponse) -> None:
        """Give nothing: the address of each socket says who it is."""
