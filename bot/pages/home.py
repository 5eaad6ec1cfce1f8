"""The first page: what this is and how to write to the commune."""

from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from bot.pages.rendering import page
from bot.pages.site import Site
from handlers.commune import shown


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to write to the commune besides the web chat; "" where one is not open.

    Attributes:
        zalo: address that opens the commune's account.
        telegram: address that opens the bot.
    """

    zalo: str
    telegram: str


def ways(site: Site, guide: str = "", payload: str = "") -> Ways:
    """Give the ways to write, leading to a guide where one is named.

    Zalo carries nothing from a link into the chat for certain, so the page shows the code to type;
    `text` is filled in where Zalo heeds it.
    """
    zalo = telegram = ""
    if site.settings.has_zalo and site.settings.zalo_oa_id:
        text = f"?text={quote(f'#{guide}')}" if guide else ""
        zalo = f"https://zalo.me/{quote(site.settings.zalo_oa_id, safe='')}{text}"
    if site.settings.has_telegram and (name := site.telegram_name()):
        start = f"?start={quote(payload, safe='')}" if payload else ""
        telegram = f"https://t.me/{quote(name, safe='')}{start}"
    return Ways(zalo, telegram)


def routes(site: Site) -> list[web.RouteDef]:
    """Give the route of the first page."""

    async def home(request: web.Request) -> web.Response:
        return page(site, request, "home.html", ways=ways(site), shown=shown)

    return [web.get("/", home)]
