"""What every answer carries, and what people are told when something went wrong."""

import errno
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.logs import where
from bot.pages.rendering import language_of, page
from bot.pages.site import Site
from messages.languages import say
from messages.text import Text, _
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

CSP = "Content-Security-Policy"

NOT_FOUND, TOO_MANY, SERVER, UNAVAILABLE = 404, 429, 500, 503

_SENTENCES: Mapping[int, Text] = {
    NOT_FOUND: _("There is no such page here."),
    TOO_MANY: _("That was a little too fast. Please wait a moment and try again."),
    SERVER: _("Something went wrong on our side. Please try again in a few minutes."),
    UNAVAILABLE: _("The service is pausing for a moment. Please try again in a few minutes."),
}
_OTHERWISE = _("This request could not be understood.")


def policy(
    framed_by: tuple[str, ...] = (), *, worker: bool = False, images: tuple[str, ...] = ()
) -> str:
    """Write the policy of a page: everything is ours, nothing is written into the page itself.

    Args:
        framed_by: origins that may put the page into a frame of theirs; none without.
        worker: whether the page may start the worker that opens it without a network.
        images: origins beside ours from which it shows pictures.
    """
    frames = f"'self' {' '.join(framed_by)}" if framed_by else "'none'"
    types = "worker" if worker else "'none'"
    shown = " ".join(("'self'", "blob:", *images))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        f"img-src {shown}; "
        "media-src 'self'; manifest-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; require-trusted-types-for 'script'; "
        f"trusted-types {types}; frame-ancestors {frames}"
    )


HEADERS: Mapping[str, str] = {
    CSP: policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(self), payment=(), usb=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""Unless the answer says otherwise; `no-cache` asks before a copy is used again."""


MACHINES = "/webhooks/"
"""Where no browser reads the headers, and each microsecond counts."""


PRACTICE = "/demo"
"""Where nobody proves who they are."""


def _keep_practice_here(request: web.Request) -> None:
    """Refuse practice to whom another name than this machine's own led here.

    Any site's name may be made to lead here, and its pages are then our own to a browser (DNS
    rebinding); or a proxy passes on what the world asks.

    Raises:
        web.HTTPNotFound: it is not to be had under that name.
    """
    if not request.path.startswith(PRACTICE):
        return
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise web.HTTPNotFound


def guard(site: Site) -> Middleware:
    """Make the middleware that adds the headers and turns errors into a page or a line of JSON."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(MACHINES):
            return await handler(request)
        try:
            _keep_practice_here(request)
            response = await handler(request)
        except web.HTTPException as error:
            if error.status < 400:  # noqa: PLR2004 - a redirection is no error
                _protect(error)
                raise
            response = _told(site, request, error.status)
            for name in ("Allow", "Retry-After"):
                if name in error.headers:
                    response.headers[name] = error.headers[name]
        except StoreUnavailable:
            response = _told(site, request, UNAVAILABLE)
            response.headers["Retry-After"] = "30"
        except Exception as error:
            status = _failed(request, error)
            if request.headers.get("Upgrade"):
                raise
            response = _told(site, request, status)
        _protect(response)
        return response

    return guarded


def _failed(request: web.Request, error: Exception) -> int:
    """Give the status of an error that no handler expected; log it where it is ours."""
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        # A file was asked for under a name that none can have.
        return NOT_FOUND
    told = where(error)
    log.error("request failed", method=request.method, route=_route(request), error=told)
    return SERVER


def _protect(response: web.StreamResponse) -> None:
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)


def _route(request: web.Request) -> str:
    """Name the route without what stands in its places: a path may hold a code or a token."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""


def _told(site: Site, request: web.Request, status: int) -> web.Response:
    sentence = _SENTENCES.get(status, _SENTENCES[SERVER] if status >= SERVER else _OTHERWISE)
    if "text/html" in request.headers.get("Accept", ""):
        response = page(site, request, "error.html", status, sentence=sentence)
    else:
        said = {"error": say(sentence, language_of(request))}
        response = web.json_response(said, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
