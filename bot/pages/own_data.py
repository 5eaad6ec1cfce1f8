"""What is held about a person, as a file, for whoever has the link that was sent to them."""

import re

from aiohttp import web

from bot.pages.rendering import page
from bot.pages.site import Site
from handlers.own_data import PATH

_CODE = re.compile(r"[0-9A-Z]{26}")


def routes(site: Site) -> list[web.RouteDef]:
    """Give the route of the file."""

    async def give(request: web.Request) -> web.Response:
        code = request.match_info["code"]
        text = await site.own_data(code) if _CODE.fullmatch(code) else None
        if text is None:
            found = page(site, request, "own_data.html", 404)
        else:
            # A mark at its beginning tells an old editor that it is Unicode.
            found = web.Response(body=text.encode("utf-8-sig"), content_type="text/plain")
            found.charset = "utf-8"
            found.headers["Content-Disposition"] = 'attachment; filename="du-lieu-ca-nhan.txt"'
        found.headers["Cache-Control"] = "no-store"
        found.headers["Referrer-Policy"] = "no-referrer"
        return found

    return [web.get(f"{PATH}/{{code}}", give)]
