"""From the desktop to the phone: a QR code by which both browsers are one person."""

import io

from aiohttp import web

from bot.pages.rendering import language_of, page, with_language
from bot.pages.site import Site

CARRY = "/chat/carry"
QUIET = 4
"""Squares of white around a QR code (ISO/IEC 18004)."""


def routes(site: Site) -> list[web.RouteDef]:
    """Give where a code is made, and the page that it leads to."""

    async def make(request: web.Request) -> web.Response:
        if not site.origins.allow(request):
            raise web.HTTPForbidden
        person = site.identity.person(request)
        code = await site.codes.make(person)
        address = site.settings.public_url + with_language(f"{CARRY}/{code}", language_of(request))
        size, path = squares(address)
        answer = web.json_response({"address": address, "size": size, "path": path})
        site.identity.give(request, answer)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def ask(request: web.Request) -> web.Response:
        # Programs that look at links before people do must not use the code up.
        code = request.match_info["code"]
        whose, own = await site.codes.whose(code), site.identity.known(request)
        answer = page(
            site,
            request,
            "carried.html",
            200 if whose else 404,
            code=code if whose else "",
            known=own is not None and own != whose,
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    async def take(request: web.Request) -> web.Response:
        if not site.origins.allow(request):
            raise web.HTTPForbidden
        whose = await site.codes.use(request.match_info["code"])
        own = site.identity.known(request)
        if whose is None:
            answer = page(site, request, "carried.html", 404, code="", known=False)
            answer.headers["Cache-Control"] = "no-store"
            return answer
        if own is not None and own != whose:
            await site.take_over(own, whose)
        answer = web.Response(status=303)
        answer.headers["Location"] = with_language("/chat", language_of(request))
        site.identity.become(answer, whose)
        return answer

    return [
        web.post(CARRY, make),
        web.get(f"{CARRY}/{{code}}", ask),
        web.post(f"{CARRY}/{{code}}", take),
    ]


def squares(address: str) -> tuple[int, str]:
    """Draw a QR code as the path of an SVG image; give its width in squares too."""
    import segno  # noqa: PLC0415 - costs start-up time, needed when asked for

    code = segno.make(address, error="m", micro=False)
    path = io.StringIO()
    for y, row in enumerate(code.matrix):
        for x, is_dark in enumerate(row):
            if is_dark:
                path.write(f"M{x + QUIET} {y + QUIET}h1v1h-1z")
    return len(code.matrix) + 2 * QUIET, path.getvalue()
