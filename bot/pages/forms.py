"""Reading what a form sent."""

from aiohttp import web
from multidict import MultiDictProxy

Form = MultiDictProxy[str | bytes | bytearray | web.FileField]


async def form_of(request: web.Request) -> Form:
    """Read a form.

    Raises:
        web.HTTPBadRequest: it cannot be read.
        web.HTTPRequestEntityTooLarge: it is larger than a request may be.
    """
    try:
        return await request.post()
    except (ValueError, LookupError, RuntimeError, AssertionError, web.RequestPayloadError):
        # aiohttp's readers raise any of these on a form that is cut short or in no known encoding.
        raise web.HTTPBadRequest from None
