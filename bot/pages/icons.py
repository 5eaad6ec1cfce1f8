"""The sign of the service as pictures: for a phone's home screen, and for /favicon.ico."""

from functools import cache
from io import BytesIO

from aiohttp import web

GROUND, SIGN = "#0a5a43", "#ffffff"

SIZES = (180, 192, 512)
"""Pixels a side: iOS, Android's home screen, Android's start screen."""

ICO_SIDE = 32
_FINER = 4


def routes() -> list[web.RouteDef]:
    """Give `/icon-SIZE.png` for each size, and `/favicon.ico`."""

    def served(path: str, side: int, kind: str, mime: str) -> web.RouteDef:
        async def icon(request: web.Request) -> web.Response:
            del request
            headers = {"Cache-Control": "public, max-age=86400"}
            return web.Response(body=drawn(side, kind), content_type=mime, headers=headers)

        return web.get(path, icon)

    return [
        *(served(f"/icon-{side}.png", side, "PNG", "image/png") for side in SIZES),
        served("/favicon.ico", ICO_SIDE, "ICO", "image/x-icon"),
    ]


@cache
def drawn(side: int, kind: str) -> bytes:
    """Draw a speech bubble with two lines in it, within the middle that every launcher shows.

    Args:
        side: pixels.
        kind: "PNG" or "ICO".
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - costs start-up time, needed when asked for

    whole = side * _FINER
    picture = Image.new("RGB", (whole, whole), GROUND)
    brush = ImageDraw.Draw(picture)

    def at(*places: float) -> list[float]:
        return [place * whole for place in places]

    brush.rounded_rectangle(at(0.22, 0.26, 0.78, 0.64), radius=0.06 * whole, fill=SIGN)
    brush.polygon(at(0.30, 0.60, 0.50, 0.60, 0.30, 0.77), fill=SIGN)
    for line, end in ((0.39, 0.68), (0.51, 0.58)):
        width = round(0.05 * whole)
        brush.line(at(0.32, line, end, line), fill=GROUND, width=width)
    written = BytesIO()
    picture.resize((side, side), Image.Resampling.LANCZOS).save(written, kind)
    return written.getvalue()
