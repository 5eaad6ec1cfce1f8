"""Whose pages may talk to us with a visitor's cookie."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from aiohttp import web

_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Origins:
    """The sites that may open a socket or send a photo: our own and those that embed the chat.

    Args:
        public_url: where people reach us.
        embedding: origins of the sites that frame the chat, "https://nghiduong.example".
    """

    def __init__(self, public_url: str, embedding: Iterable[str] = ()) -> None:
        self._known = {_normal(url) for url in (public_url, *embedding)}

    def allow(self, request: web.Request) -> bool:
        """Tell whether the page that asks is ours.

        Browsers name it on each socket and each sending of a form (RFC 6455, 10.2; Fetch, 3.2).
        What names none is no browser, so nobody else's cookie can be in it.
        """
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        try:
            asking = _normal(origin)
            own = _normal(f"{urlsplit(origin).scheme}://{request.host}")
        except ValueError:
            return False
        return asking in self._known or asking == own


def _normal(url: str) -> str:
    """Write scheme, host and port in one form, without the port that goes without saying.

    Raises:
        ValueError: it is no web address; browsers write "null" for a page without an origin.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        raise ValueError("no web address")
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORTS[scheme])}"
