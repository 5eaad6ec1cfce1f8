"""The page behind a QR code: the guide itself, and the ways to ask about it."""

import re
from typing import Any
from urllib.parse import quote

import structlog
from aiohttp import web

from bot.pages.home import ways
from bot.pages.rendering import language_of, page, with_language
from bot.pages.site import Site
from handlers.entries import ENTRY
from handlers.guidance import PORTAL
from handlers.guide_texts import checked, doubts, fees, papers, time_limit
from handlers.procedures import as_date
from messages.languages import LANGUAGES, ZONE
from storage.database import StoreUnavailable

log = structlog.get_logger(__name__)

_PLACE = re.compile(r"[A-Za-z0-9_-]{1,32}")
LONGEST_QUESTION = 200


def place_of(request: web.Request) -> str:
    """Give the place a poster names, "" where it is nothing that a start link can carry."""
    found = request.query.get("place", "")
    return found if _PLACE.fullmatch(found) else ""


def routes(site: Site) -> list[web.RouteDef]:
    """Give the routes `/q/{code}` and `/q?code=`, which is what the box on the pages asks."""

    async def guide(request: web.Request) -> web.Response:
        asked = request.match_info["code"]
        procedure = site.catalogue.by_code(asked)
        entry = ENTRY.get(asked.strip().lstrip("#").upper())
        if procedure is None and entry is None:
            return _unknown(site, request, asked)
        place = place_of(request)
        code = procedure.guide if procedure else asked.strip().lstrip("#").upper()
        if request.method == "GET":
            await tell_shown(site, procedure.code if procedure else code, place)
        # This page has counted the scan; the chat that it leads to must not count it again.
        payload = f"g_{code}_{place}" if place else f"g_{code}"
        leading: dict[str, Any] = {
            "code": code,
            "ways": ways(site, code, payload),
            "payload": payload,
        }
        if procedure is None:
            return page(site, request, "entry.html", entry=entry, **leading)
        day = site.clock().astimezone(ZONE).date()
        others = [site.catalogue.by_code(other) for other in procedure.asks_back]
        return page(
            site,
            request,
            "guide.html",
            procedure=procedure,
            documents=papers(procedure),
            time_limit=time_limit(procedure),
            fees=fees(procedure, day),
            doubts=list(doubts(procedure, day)),
            checked=checked(procedure),
            in_force_until=as_date(procedure.valid_to),
            portal=procedure.portal or _portal(site),
            others=[other for other in others if other],
            **leading,
        )

    async def look(request: web.Request) -> web.Response:
        asked = request.query.get("code", "").strip()[:LONGEST_QUESTION]
        procedure = site.catalogue.by_code(asked) or site.catalogue.in_text(asked)
        if procedure:
            path = f"/q/{quote(procedure.guide)}"
            raise web.HTTPSeeOther(with_language(path, language_of(request)))
        return _unknown(site, request, asked)

    return [web.get("/q", look), web.get("/q/{code}", guide)]


def _portal(site: Site) -> str:
    """Give the portal on which dossiers are handed in, "" where the commune names none."""
    return next((link.url for link in site.commune.links if link.id == PORTAL), "")


def _unknown(site: Site, request: web.Request, asked: str) -> web.Response:
    """Say that there is no such guide, and which may be meant.

    What stood in the address is never said again: it may be anything. What somebody typed into the
    box stands in the box.
    """
    asked = asked[:LONGEST_QUESTION]
    searched = "code" not in request.match_info
    repealed = site.catalogue.repealed_in(asked)
    codes = repealed.replaced_by if repealed else ()
    meant = [site.catalogue.by_code(code) for code in codes]
    if not repealed:
        meant += [procedure for procedure, _score in site.catalogue.find(asked)]
    found = [procedure for procedure in meant if procedure]
    elsewhere: dict[str, Any] = {} if searched else {"other_languages": _of_the_box(request)}
    return page(
        site,
        request,
        "unknown_guide.html",
        200 if found and searched else 404,
        asked=asked if searched else "",
        repealed=repealed.code if repealed else "",
        meant=found,
        searched=searched,
        **elsewhere,
    )


def _of_the_box(request: web.Request) -> dict[str, tuple[str, str]]:
    """Give the other languages' addresses of the box alone."""
    return {
        code: (name, with_language("/q", code))
        for code, name in LANGUAGES.items()
        if code != language_of(request)
    }


async def tell_shown(site: Site, code: str, place: str) -> None:
    """Keep that the guide was shown; who stands before a poster gets it even if that fails."""
    try:
        await site.on_shown(code, place)
    except StoreUnavailable:
        log.warning("guide shown but not counted", code=code)
