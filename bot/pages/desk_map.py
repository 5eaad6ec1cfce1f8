"""The desk's map: open tickets where they are, with the citizens' photos."""

from aiohttp import web

from bot.pages import desk_plan, desk_view
from bot.pages.desk_plan import Place, Plan
from bot.pages.desk_session import shut, sitting
from bot.pages.guarding import CSP, policy
from bot.pages.rendering import page
from bot.pages.site import Desk, Site
from handlers import desk_ticket
from storage.desk_reader import Shown
from storage.people import Person

MAPPED = 300
"""Open tickets that a map shows, those that fall due first."""

PHOTOS = 24
"""Photos on a map: each is as large as it was kept, and a telephone has to load them."""


def routes(site: Site, desk: Desk) -> list[web.RouteDef]:
    """Give the route of a desk's map."""

    async def show(request: web.Request) -> web.Response:
        person = await sitting(desk, request)
        if person is None:
            return shut(site, desk, request)
        shown = desk_view.shown_of(request.query.get("show", ""))
        plan = await _plan(site, desk, person, shown)
        found = page(
            site,
            request,
            "desk_map.html",
            desk=desk.office.desk,
            person=person,
            shown=shown,
            titles=list(desk_view.TITLES.items()),
            plan=plan,
            lines=await desk_view.lines(desk, desk_view.turn_of(desk, person), plan.unplaced, ""),
            most=MAPPED,
        )
        found.headers["Cache-Control"] = "no-store"
        if site.settings.map_tiles:
            found.headers[CSP] = policy(images=(desk_plan.origin_of(site.settings.map_tiles),))
        return found

    return [web.get(f"{desk.office.desk}/map", show)]


async def _plan(site: Site, desk: Desk, person: Person, shown: Shown) -> Plan:
    now = desk.now()
    tickets = await desk.read.desk.listed(
        shown,
        units=desk_ticket.units_served(person),
        officer_id=person.id,
        now=now,
        limit=MAPPED,
    )
    pinned = [one.code for one in tickets if one.latitude is not None][:PHOTOS]
    photos = await desk.read.desk.first_photos(pinned)
    centres: dict[str, Place] = {
        one.village: (one.latitude, one.longitude) for one in desk.office.commune.centres
    }
    return desk_plan.drawn(
        tickets,
        centres,
        late=frozenset(one.code for one in tickets if one.due_at < now),
        photos={code: desk.links.path(digest) for code, digest in photos.items()},
        tiles=site.settings.map_tiles,
    )
