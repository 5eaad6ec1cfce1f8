"""The page behind a QR code: the guide itself, and the ways to ask about it."""

import re
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.pages.home import ways
from bot.pages.rendering import language_of, page, with_language
from bot.pages.site import Site
from handlers.search import Procedure
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,32}")
_BETWEEN_DOCUMENTS = re.compile(r";\s*(?![^()]*\))")
LONGEST_QUESTION = 200


def documents(procedure: Procedure) -> list[str]:
    """Give the papers to bring, one each; a semicolon within brackets parts nothing."""
    found = (part.strip(" .") for part in _BETWEEN_DOCUMENTS.split(procedure.documents))
    return [part[0].upper() + part[1:] for part in found if part]


def place_of(request: web.Request) -> str:
    """Give the place a poster names, "" where it is nothing that a start link can carry."""
    found = request.query.get("place", "")
    return found if _PLACE.fullmatch(found) else ""


def routes(site: Site) -> list[web.RouteDef]:
    """Give the routes `/q/{code}` and `/q?code=`, which is what the box on the pages asks."""

    async def guide(request: web.Request) -> web.Response:
        asked = request.match_info["code"]
        procedure = site.catalogue.by_code(asked)
        if procedure is None:
            return _unknown(site, request, asked)
        place = place_of(request)
        if request.method == "GET":
            await _tell(site, procedure.code, place)
        payload = f"q_{procedure.guide}_{place}" if place else f"q_{procedure.guide}"
        others = [site.catalogue.by_code(code) for code in procedure.asks_back]
        return page(
            site,
            request,
            "guide.html",
            procedure=procedure,
            documents=documents(procedure),
            others=[other for other in others if other],
            ways=ways(site, procedure.guide, payload),
            payload=payload,
        )

    async def look(request: web.Request) -> web.Response:
        asked = request.query.get("code", "").strip()[:LONGEST_QUESTION]
        procedure = site.catalogue.by_code(asked) or site.catalogue.in_text(asked)
        if procedure:
            path = f"/q/{quote(procedure.guide)}"
            raise web.HTTPSeeOther(with_language(path, language_of(request)))
        return _unknown(site, request, asked)

    return [web.get("/q", look), web.get("/q/{code}", guide)]


def _unknown(site: Site, request: web.Request, asked: str) -> web.Response:
    """Say that there is no such guide, and which may be meant."""
    asked = asked[:LONGEST_QUESTION]
    searched = "code" not in request.match_info
    repealed = site.catalogue.repealed_in(asked)
    codes = repealed.replaced_by if repealed else ()
    meant = [site.catalogue.by_code(code) for code in codes]
    if not repealed:
        meant += [procedure for procedure, _score in site.catalogue.find(asked)]
    found = [procedure for procedure in meant if procedure]
    return page(
        site,
        request,
        "unknown_guide.html",
        200 if found and searched else 404,
        asked=asked,
        repealed=repealed is not None,
        meant=found,
        searched=searched,
    )


async def _tell(site: Site, code: str, place: str) -> None:
    """Keep that the guide was shown; who stands before a poster gets it even if that fails."""
    try:
        await site.on_shown(code, place)
    except StoreUnavailable:
        log.warning("guide shown but not counted", code=code)
