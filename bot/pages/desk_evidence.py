"""Evidence from the desk in the browser: what staff would send to the chat with `/minhchung`."""

import secrets

from aiohttp import web

from bot.channels.web.uploads import BadUpload
from bot.pages import desk_acts, desk_view
from bot.pages.desk_forms import MOST_FILES, NOTHING, Sent, sent
from bot.pages.desk_session import SESSION, is_from_desk, shut, sitting, token_of
from bot.pages.rendering import language_of, page, with_language
from bot.pages.site import Desk, Site
from handlers.components import STAFF, scheme_of
from handlers.desk_ticket import DESK
from handlers.routing import Turn
from messages.text import Sayable, _
from scoring.report import SECTIONS
from scoring.scheme import Scheme
from storage.people import Person


def routes(site: Site, desk: Desk) -> list[web.RouteDef]:
    """Give the routes of evidence."""
    prefix = f"{desk.office.desk}/evidence"

    async def show(request: web.Request) -> web.Response:
        person = await sitting(desk, request, roles=STAFF)
        if person is None:
            return shut(site, desk, request)
        return await _page(site, desk, request, person)

    async def act(request: web.Request) -> web.Response:
        person = await sitting(desk, request, roles=STAFF)
        if person is None:
            return shut(site, desk, request)
        form = await sent(request)
        if not is_from_desk(site, request, form.fields.get("token", "")):
            raise web.HTTPForbidden
        try:
            line = _line(scheme_of(desk_view.turn_of(desk, person)), form)
            along = [await desk.files.keep(content, name) for name, content in form.files]
        except BadUpload as error:
            return await _page(site, desk, request, person, wrong=error, form=form)
        once, query = form.fields.get("once", ""), ""
        if await desk_acts.act(desk, person, line, once, tuple(along)):
            query = f"?did={once}"
        answer = web.Response(status=303)
        answer.headers["Location"] = with_language(f"{prefix}{query}", language_of(request))
        return answer

    return [web.get(prefix, show), web.post(prefix, act)]


def _line(scheme: Scheme, form: Sent) -> str:
    """Write what the form stands for as it would be written in the chat.

    Raises:
        BadUpload: it was refused, names no component, or has nothing that proves it.
    """
    if form.refused:
        raise form.refused
    component = form.fields.get("component", "")
    words = desk_acts.words_of(form.fields)
    if component not in {*SECTIONS, *(one.id for one in scheme.components)}:
        raise BadUpload(400, _("Please choose the component."))
    if not words and not form.files:
        raise BadUpload(400, _("Please write what proves it, or add a photo or document."))
    return f"/minhchung {component} {words}".strip()


async def _page(
    site: Site,
    desk: Desk,
    request: web.Request,
    person: Person,
    wrong: BadUpload | None = None,
    form: Sent = NOTHING,
) -> web.Response:
    """Show the form; `form` is given back to who has to send it anew."""
    turn: Turn = desk_view.turn_of(desk, person)
    told: Sayable | None = await desk_acts.told(desk, person, request.query.get("did", ""))
    found = page(
        site,
        request,
        "desk_evidence.html",
        wrong.status if wrong else 200,
        desk=desk.office.desk,
        person=person,
        at_the_desk=person.has(*DESK),
        criteria=scheme_of(turn).criteria,
        sections=SECTIONS,
        told=told,
        wrong=wrong.reason if wrong else None,
        component=form.fields.get("component", ""),
        words=form.fields.get("words", ""),
        token=token_of(request[SESSION]),
        once=secrets.token_urlsafe(16),
        longest=desk.office.commune.limits.story,
        most_files=MOST_FILES,
    )
    found.headers["Cache-Control"] = "no-store"
    return found
