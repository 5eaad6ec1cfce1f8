"""Who sits at a desk in the browser: a link opens it once, a cookie keeps it for half a day.

The role is asked for at each request: who loses it sits there no more. A form carries a token of
its session, so that no other site's page can send one (beside `SameSite` and the `Origin`).
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

from aiohttp import web

from bot.pages.forms import form_of
from bot.pages.rendering import page, with_language
from bot.pages.site import Desk, Site
from handlers.components import STAFF
from handlers.desk_ticket import DESK
from messages.codes import ticket_code
from storage.desk_sessions import SESSION_LASTS
from storage.people import Person

COOKIE = "desk"

_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(r"[0-9A-Z]{26}")

SESSION = web.RequestKey("desk_session", str)


def token_of(session: str) -> str:
    """Give what a form of a session carries: nothing from which the session can be told."""
    return hmac.new(session.encode(), b"desk form", hashlib.sha256).hexdigest()


async def sitting(
    desk: Desk, request: web.Request, *, looks: bool = True, roles: Sequence[str] = DESK
) -> Person | None:
    """Tell who asks; None where nobody sits here, or who did has the role no more.

    It is written down before anything is shown.

    Args:
        desk: where they sit.
        request: what they ask.
        looks: whether the answer shows anything of a person.
        roles: what they must be one of.
    """
    session = request.cookies.get(COOKIE, "")
    if not _SESSION.fullmatch(session):
        return None
    person = await desk.sessions.whose(session, desk.now())
    if person is None or not person.has(*roles):
        return None
    request[SESSION] = session
    if looks:
        resource = request.match_info.route.resource
        act = f"{request.method} {resource.canonical if resource else ''}"
        about = ticket_code(request.match_info.get("code", ""))
        await desk.sessions.looked(person, act, about or "", desk.now())
    return person


def is_from_desk(site: Site, request: web.Request, token: str) -> bool:
    """Tell whether a form was filled in on a page of this session."""
    ours = token_of(request[SESSION])
    return site.origins.allow(request) and hmac.compare_digest(ours.encode(), token.encode())


def shut(site: Site, desk: Desk, request: web.Request, *, tried: bool = False) -> web.Response:
    """Answer whoever does not sit here: how the desk is opened."""
    found = page(site, request, "desk_door.html", 401, desk=desk.office.desk, code="", tried=tried)
    found.headers["Cache-Control"] = "no-store"
    return found


def routes(site: Site, desk: Desk) -> list[web.RouteDef]:
    """Give the routes by which one sits down and gets up."""
    prefix = desk.office.desk
    secure = site.settings.public_url.startswith("https://")

    def code_in(request: web.Request) -> str:
        code = request.match_info["code"]
        return code if _CODE.fullmatch(code) else ""

    async def knock(request: web.Request) -> web.Response:
        # Programs that look at links before people do must not use the code up.
        code = code_in(request)
        if not code or not await desk.sessions.opens(code, desk.now()):
            return shut(site, desk, request, tried=True)
        found = page(site, request, "desk_door.html", desk=prefix, code=code, tried=False)
        found.headers["Cache-Control"] = "no-store"
        return found

    async def enter(request: web.Request) -> web.Response:
        if not site.origins.allow(request):
            raise web.HTTPForbidden
        session = secrets.token_urlsafe(32)
        code = code_in(request)
        if not code or not await desk.sessions.enter(code, session, desk.now()):
            return shut(site, desk, request, tried=True)
        answer = web.Response(status=303)
        answer.headers["Location"] = with_language(prefix, request.query.get("lang", "vi"))
        answer.set_cookie(
            COOKIE,
            session,
            max_age=int(SESSION_LASTS.total_seconds()),
            path=prefix,
            httponly=True,
            secure=secure,
            samesite="Strict",
        )
        return answer

    async def leave(request: web.Request) -> web.Response:
        person = await sitting(desk, request, roles=(*DESK, *STAFF))
        form = await form_of(request)
        if person is not None:
            if not is_from_desk(site, request, str(form.get("token", ""))):
                raise web.HTTPForbidden
            await desk.sessions.leave(request[SESSION])
        answer = web.Response(status=303, headers={"Location": prefix})
        answer.del_cookie(COOKIE, path=prefix)
        return answer

    return [
        web.get(f"{prefix}/enter/{{code}}", knock),
        web.post(f"{prefix}/enter/{{code}}", enter),
        web.post(f"{prefix}/leave", leave),
    ]
