"""The page behind a survey's QR code: what is asked, about which unit, and the ways to answer."""

from aiohttp import web

from bot.pages.guide import place_of, tell_shown
from bot.pages.home import ways
from bot.pages.rendering import page
from bot.pages.site import Site
from handlers.survey_forms import payload_of, typed_as
from messages.languages import ZONE


def routes(site: Site) -> list[web.RouteDef]:
    """Give the route `/khao-sat/{survey}/{unit}`."""

    async def survey_door(request: web.Request) -> web.Response:
        wanted, about = request.match_info["survey"], request.match_info["unit"]
        survey = next((one for one in site.surveys if one.id == wanted), None)
        unit = site.commune.unit(about)
        if survey is None or unit is None:
            raise web.HTTPNotFound
        payload = payload_of(survey, unit.id)
        if request.method == "GET":
            await tell_shown(site, payload, place_of(request) or unit.id)
        typed = typed_as(survey, unit.id)
        return page(
            site,
            request,
            "survey.html",
            survey=survey,
            unit=unit,
            is_open=survey.is_open(site.clock().astimezone(ZONE).date()),
            code=typed,
            payload=payload,
            ways=ways(site, typed, payload),
        )

    return [web.get("/khao-sat/{survey}/{unit}", survey_door)]
