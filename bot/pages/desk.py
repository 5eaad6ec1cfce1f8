"""The officers' desk in the browser: the queue beside the conversation.

It shows what the chat shows and does what the chat does, by the same handlers.
"""

import secrets

from aiohttp import web

from bot.channels.web.uploads import BadUpload
from bot.pages import desk_acts, desk_evidence, desk_map, desk_session, desk_view
from bot.pages.desk_forms import MOST_FILES, NOTHING, Sent, sent
from bot.pages.desk_session import SESSION, is_from_desk, shut, sitting, token_of
from bot.pages.rendering import language_of, page, with_language
from bot.pages.site import Desk, Site
from handlers import desk_ticket, sender
from handlers.components import STAFF
from messages.codes import ticket_code
from messages.envelope import Attachment
from messages.text import _
from messages.vietnamese import clean
from storage.desk_reader import Shown
from storage.people import Person


def routes(site: Site, desk: Desk) -> list[web.RouteDef]:
    """Give the routes of a desk."""
    prefix = desk.office.desk

    async def show(request: web.Request) -> web.Response:
        person = await sitting(desk, request)
        if person is None:
            return await _elsewhere(site, desk, request)
        return await _page(site, desk, request, person)

    async def act(request: web.Request) -> web.Response:
        person = await sitting(desk, request)
        if person is None:
            return shut(site, desk, request)
        code = ticket_code(request.match_info["code"])
        form = await sent(request)
        fields = form.fields
        if not is_from_desk(site, request, fields.get("token", "")):
            raise web.HTTPForbidden
        try:
            along = await _along(desk, form)
        except BadUpload as error:
            return await _page(site, desk, request, person, wrong=error, form=form)
        line = desk_acts.line_of(desk.office.commune, code, fields) if code else ""
        once = fields.get("once", "")
        where = f"{prefix}/t/{code}" if code else prefix
        query = f"?show={_shown(request)}"
        if await desk_acts.act(desk, person, line, once, along):
            query += f"&did={once}"
        answer = web.Response(status=303)
        answer.headers["Location"] = with_language(where + query, language_of(request))
        return answer

    async def news(request: web.Request) -> web.Response:
        """Tell whether the list is still as the page has it."""
        # A mark of it, every few seconds: nothing is looked at.
        person = await sitting(desk, request, looks=False)
        if person is None:
            raise web.HTTPUnauthorized
        mark = desk_view.mark(
            await desk_view.listed(desk, person, _shown(request), _village(request))
        )
        answer = web.json_response({"mark": mark})
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return [
        *desk_session.routes(site, desk),
        *desk_map.routes(site, desk),
        *desk_evidence.routes(site, desk),
        web.get(prefix, show),
        web.get(f"{prefix}/t/{{code}}", show),
        web.post(f"{prefix}/t/{{code}}", act),
        web.get(f"{prefix}/news", news),
    ]


async def _elsewhere(site: Site, desk: Desk, request: web.Request) -> web.Response:
    """Lead staff who are no officers to where they send evidence: they see no ticket."""
    if request.path != desk.office.desk or not await sitting(desk, request, roles=STAFF):
        return shut(site, desk, request)
    there = with_language(f"{desk.office.desk}/evidence", language_of(request))
    return web.Response(status=303, headers={"Location": there})


async def _along(desk: Desk, form: Sent) -> tuple[Attachment, ...]:
    """Keep the files of a form.

    Raises:
        BadUpload: one cannot be taken, or what the form does takes none.
    """
    if form.refused:
        raise form.refused
    if form.files and form.fields.get("act") not in desk_acts.WITH_FILES:
        raise BadUpload(400, _("A photo or document goes with an answer or a note only."))
    return tuple([await desk.files.keep(content, name) for name, content in form.files])


async def _page(
    site: Site,
    desk: Desk,
    request: web.Request,
    person: Person,
    wrong: BadUpload | None = None,
    form: Sent = NOTHING,
) -> web.Response:
    """Show the desk; `form` is given back to who has to send it anew."""
    turn, shown, village = desk_view.turn_of(desk, person), _shown(request), _village(request)
    code = ticket_code(request.match_info.get("code", ""))
    told = await desk_acts.told(desk, person, request.query.get("did", ""))
    conversation, refused = await desk_view.conversation(desk, turn, code)
    tickets = await desk_view.listed(desk, person, shown, village)
    units, commune = desk_ticket.units_of(turn), desk.office.commune
    counts = await desk.read.desk.counts(units=units, officer_id=person.id, now=turn.now)
    villages = await desk.read.desk.villages(units=units, officer_id=person.id, now=turn.now)
    found = page(
        site,
        request,
        "desk.html",
        # Who forwards a ticket to another unit is told so on a page that they may not see again.
        wrong.status if wrong else 404 if refused and told is None else 200,
        desk=desk.office.desk,
        person=person,
        files_evidence=person.has(*STAFF),
        shown=shown,
        village=village,
        titles=[
            (one, title, desk_view.count(counts[one])) for one, title in desk_view.TITLES.items()
        ],
        villages=villages,
        lines=await desk_view.lines(desk, turn, tickets, code),
        mark=desk_view.mark(tickets),
        conversation=conversation,
        refused=refused,
        told=told,
        wrong=wrong.reason if wrong else None,
        words=form.fields.get("words", ""),
        most_files=MOST_FILES,
        token=token_of(request[SESSION]),
        once=secrets.token_urlsafe(16),
        longest=commune.limits.story,
        commune_units=commune.units,
        categories=commune.categories,
        refusals=commune.refusals,
        sender_reasons=sender.REASONS,
    )
    found.headers["Cache-Control"] = "no-store"
    return found


def _shown(request: web.Request) -> Shown:
    return desk_view.shown_of(request.query.get("show", ""))


def _village(request: web.Request) -> str | None:
    """Give the village whose tickets are asked for, "" for those without one, None for all."""
    village = request.query.get("village")
    return None if village is None else clean(village)
