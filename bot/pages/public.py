"""The pages of what the commune makes public: its notices, its hours, its fees."""

from aiohttp import web

from bot.pages.rendering import page
from bot.pages.site import Site
from handlers.commune import shown
from handlers.guide_texts import fees, time_limit
from handlers.publications import HOTLINE, HOURS, LEADERS, RECEPTION, told_since
from messages.languages import ZONE
from storage.database import StoreUnavailable
from storage.published import PROCEDURES


def routes(site: Site) -> list[web.RouteDef]:
    """Give the routes `/cong-khai` and `/le-phi`."""

    async def public(request: web.Request) -> web.Response:
        try:
            dates = await site.published()
        except StoreUnavailable:
            # What is public is shown all the same; only since when is not known at this moment.
            dates = {}
        since = {subject: told_since(one) for subject, one in dates.items()}
        return page(
            site,
            request,
            "public.html",
            board=site.board.publications,
            since=since,
            shown=shown,
            subjects={
                "hotline": HOTLINE,
                "leaders": LEADERS,
                "reception": RECEPTION,
                "hours": HOURS,
                "procedures": PROCEDURES,
            },
        )

    async def costs(request: web.Request) -> web.Response:
        day = site.clock().astimezone(ZONE).date()
        rows = [
            (procedure, time_limit(procedure), fees(procedure, day), procedure.needs_checking(day))
            for procedure in sorted(
                site.catalogue.procedures, key=lambda one: (one.field, one.plain_title)
            )
        ]
        return page(site, request, "fees.html", rows=rows, day=day)

    return [web.get("/cong-khai", public), web.get("/le-phi", costs)]
