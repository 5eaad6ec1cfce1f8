"""Every public page, by its address."""

from aiohttp import web

from bot.pages import (
    carrying,
    chat,
    desk,
    figures,
    guide,
    home,
    icons,
    installing,
    own_data,
    public,
    survey_door,
)
from bot.pages.media import media_route
from bot.pages.rendering import STATIC
from bot.pages.site import Site


def pages(site: Site) -> list[web.AbstractRouteDef]:
    """Give the routes of all public pages; `guarding.guard` belongs around them."""
    return [
        *home.routes(site),
        *chat.routes(site),
        *installing.routes(site),
        *carrying.routes(site),
        *icons.routes(),
        *guide.routes(site),
        *survey_door.routes(site),
        *figures.routes(site),
        *public.routes(site),
        *own_data.routes(site),
        *(route for one in site.desks for route in desk.routes(site, one)),
        media_route(site.links, site.open_media),
        web.static("/static", STATIC),
    ]
