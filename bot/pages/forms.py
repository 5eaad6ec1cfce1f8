"""Reading what a form sent."""

from collections.abc import Mapping

from aiohttp import http_exceptions, web

Form = Mapping[str, str | bytes | bytearray | web.FileField]

UNREADABLE = (
    ValueError,
    LookupError,
    RuntimeError,
    AssertionError,
    http_exceptions.HttpProcessingError,
    web.RequestPayloadError,
)
"""What aiohttp's readers raise on a form that is cut short, without end or in no known encoding."""


async def form_of(request: web.Request) -> Form:
    """Read a form.

    Raises:
        web.HTTPBadRequest: it cannot be read.
        web.HTTPRequestEntityTooLarge: it is larger than a request may be.
    """
    try:
        return await request.post()
    except UNREADABLE:
        raise web.HTTPBadRequest from None
