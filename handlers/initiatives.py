"""Citizens' initiatives: sent like feedback, assessed, recognised, and then commended by letter.

The letter is what the component on commended initiatives asks for, so recognising one leads to it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers import cards, desk_waiting, feedback, joined, questions, reminders, sender
from handlers.desk_ticket import responded
from handlers.letter_drafting import LEADER, STAFF
from handlers.questions import MENU
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from handlers.ticket_states import leads_to
from messages.codes import TICKET, ticket_code
from messages.text import Sayable, Text, _, lines
from storage.evidence import Evidence
from storage.initiatives import Assess, Assessment, Initiative
from storage.outbox import Draft
from storage.tickets import Change, Event, State, Ticket
from storage.timers import SetTimer
from storage.work import Effect

router = Router()

CODE = TICKET.pattern

NAMES: Final[Mapping[Assessment, Text]] = {
    Assessment.RECEIVED: _("received"),
    Assessment.ASSESSED: _("being assessed"),
    Assessment.RECOGNISED: _("recognised"),
    Assessment.DECLINED: _("not recognised"),
}

WITHDRAWN: Final = _("withdrawn by the citizen")

LONGEST = 300
"""Characters of a decision's number or of a reason."""


@router.command("sangkien", "initiative", takes=CODE)
async def send(turn: Turn) -> Reply:
    """Send an initiative; `/sangkien CODE` tells whoever sent it how far it is."""
    code = ticket_code(turn.words)
    if code and code == turn.words.strip().upper():
        return questions.reminded(turn, await _how_far(turn, code))
    return await feedback.begin(turn, "initiative")


async def _how_far(turn: Turn, code: str) -> Reply:
    initiative = await turn.read.initiatives.one(code)
    ticket = await turn.read.ticket(code)
    if not await joined.owns(turn, ticket) or initiative is None:
        return turn.say(_("You have no initiative under this code."), MENU)
    text = lines(
        _("Your initiative {code}: {state}", code=code, state=_state(initiative)),
        _since(initiative),
    )
    return turn.say(text, Offer(f"/phieu {code}", _("Show my ticket")), MENU)


def _state(initiative: Initiative) -> Text:
    return WITHDRAWN if initiative.withdrawn else NAMES[initiative.state]


def _since(initiative: Initiative) -> Text | None:
    if not initiative.decision:
        return _("Since {at}", at=initiative.changed_at)
    return _("{at}: {decision}", at=initiative.changed_at, decision=initiative.decision)


@router.command("dssangkien", "initiatives", roles=STAFF)
async def listed(turn: Turn) -> Reply:
    """List the initiatives, the newest first."""
    found = await turn.read.initiatives.newest()
    if not found:
        return turn.end(_("No initiative has come yet."))
    text = lines(
        _("Initiatives, the newest first:"),
        *(_("- {code}: {state}", code=one.code, state=_state(one)) for one in found),
    )
    return turn.end(text, *(Offer(f"/xetsangkien {one.code}", one.code) for one in found))


@router.command("xetsangkien", "assess", takes=CODE, roles=STAFF)
async def shown(turn: Turn) -> Reply:
    """Show an initiative and what can be done about it."""
    found = await _named(turn)
    if isinstance(found, Reply):
        return found
    initiative, ticket = found
    turn = turn.alone()
    words = await turn.read.words(ticket.code)
    name = await sender.name_for(turn, ticket)
    text = lines(
        _("Initiative {code}: {state}", code=ticket.code, state=_state(initiative)),
        _since(initiative),
        cards.HIDDEN
        if name is None
        else _("From: {name}", name=name or _("a citizen who gave no name")),
        "",
        *(one.text for one in words if one.text),
    )
    return turn.end(text, *_offers(turn, initiative))


def _offers(turn: Turn, initiative: Initiative) -> tuple[Offer, ...]:
    code = initiative.code
    found: list[Offer] = []
    if initiative.is_open and initiative.state is Assessment.RECEIVED:
        found.append(Offer(f"/thamdinh {code}", _("Take into assessment")))
    if initiative.is_open and turn.person.has(*LEADER):
        found.append(Offer(f"/congnhan {code}", _("Recognise")))
        found.append(Offer(f"/khongcongnhan {code}", _("Do not recognise")))
    if initiative.state is Assessment.RECOGNISED:
        found.append(Offer(f"/soanthu commendation {code}", _("Draft the commendation letter")))
    return (*found, Offer("/dssangkien", _("All initiatives")))


async def _named(turn: Turn) -> tuple[Initiative, Ticket] | Reply:
    """Find the initiative that an official names."""
    code = ticket_code(turn.words)
    initiative = await turn.read.initiatives.one(code) if code else None
    ticket = await turn.read.ticket(code) if code else None
    if initiative is None or ticket is None:
        text = _("There is no initiative {code}.", code=code or "…")
        return turn.end(text, Offer("/dssangkien", _("All initiatives")))
    return initiative, ticket


async def _undecided(turn: Turn) -> tuple[Initiative, Ticket] | Reply:
    found = await _named(turn)
    if isinstance(found, Reply):
        return found
    initiative, ticket = found
    if not initiative.is_open:
        text = _(
            "That cannot be done: initiative {code} is {state}.",
            code=ticket.code,
            state=_state(initiative),
        )
        return turn.end(text, *_offers(turn, initiative))
    if await joined.owns(turn, ticket):
        return turn.end(_("Ticket {code} is your own: a colleague handles it.", code=ticket.code))
    return initiative, ticket


@router.command("thamdinh", takes=CODE, roles=STAFF)
async def assess(turn: Turn) -> Reply:
    """Take an initiative into assessment; its citizen is told."""
    found = await _undecided(turn)
    if isinstance(found, Reply):
        return found
    initiative, ticket = found
    if initiative.state is not Assessment.RECEIVED:
        return turn.end(
            _("Initiative {code} is being assessed already.", code=ticket.code),
            *_offers(turn, initiative),
        )
    told = _("Initiative {code} is being assessed now; the citizen is told.", code=ticket.code)
    news = lines(
        _("Your initiative {code} is being assessed by the commune.", code=ticket.code),
        _("We tell you the outcome here."),
    )
    reply = turn.end(
        told,
        *_offers(turn, initiative)[1:],
        effects=(Assess(initiative, Assessment.ASSESSED),),
    )
    return reply.and_tell(await _to_citizen(turn, ticket, news))


async def _to_citizen(turn: Turn, ticket: Ticket, text: Sayable) -> Draft:
    to = await joined.recipient(turn, ticket)
    show = Offer(f"/sangkien {ticket.code}", _("How far is my initiative"))
    return Draft(to, text, (show,), ticket=ticket.code, purpose=Purpose.NOTICE)


@router.command("congnhan", "recognise", takes=rf"{CODE}(?:\s.+)?", roles=LEADER)
async def recognise(turn: Turn) -> Reply:
    """Recognise an initiative: `/congnhan CODE decision`; the decision is asked for."""
    return await _with_words(turn, Assessment.RECOGNISED)


@router.command("khongcongnhan", "decline", takes=rf"{CODE}(?:\s.+)?", roles=LEADER)
async def decline(turn: Turn) -> Reply:
    """Decline an initiative: `/khongcongnhan CODE reason`; the reason is asked for."""
    return await _with_words(turn, Assessment.DECLINED)


async def _with_words(turn: Turn, to: Assessment) -> Reply:
    found = await _undecided(turn)
    if isinstance(found, Reply):
        return found
    words = TICKET.sub("", turn.words, count=1).strip(" :,;\n")
    if not words or len(words) > LONGEST:
        return _ask(turn, found[1].code, to)
    return await _decided(turn, *found, to, words)


def _ask(turn: Turn, code: str, to: Assessment, wrong: Text | None = None) -> Reply:
    text = lines(
        wrong,
        _("By which decision is initiative {code} recognised? Number and day.", code=code)
        if to is Assessment.RECOGNISED
        else _("Why is initiative {code} not recognised? The citizen reads it.", code=code),
        _("At most {longest} characters. Send /huy to leave it.", longest=LONGEST),
    )
    return turn.ask(text, then=decision, data={"code": code, "to": to.value})


@router.step
async def decision(turn: Turn) -> Reply:
    """Take the decision's number, or the reason."""
    if not turn.person.has(*LEADER):
        return turn.end(_("The question that waited is dropped."))
    to, code = Assessment(turn.data["to"]), turn.data["code"]
    wrong = questions.no_answer(turn, LONGEST)
    words = turn.message.text.strip()
    if wrong is not None or not words:
        return _ask(turn, code, to, wrong)
    initiative = await turn.read.initiatives.one(code)
    ticket = await turn.read.ticket(code)
    if initiative is None or ticket is None or not initiative.is_open:
        return turn.end(_("Initiative {code} was decided meanwhile.", code=code))
    return await _decided(turn, initiative, ticket, to, words)


async def _decided(
    turn: Turn, initiative: Initiative, ticket: Ticket, to: Assessment, words: str
) -> Reply:
    """Write the outcome down, answer the ticket with it, and lead to the letter."""
    recognised = to is Assessment.RECOGNISED
    code = ticket.code
    news = lines(
        _("The commune has recognised your initiative {code}. Thank you!", code=code)
        if recognised
        else _("Your initiative {code} was assessed and not recognised this time.", code=code),
        words,
        _("A letter of commendation follows.")
        if recognised
        else _("Thank you for thinking along; please send us your next one too."),
    )
    counted = (Evidence("initiative.recognised", about=code, unit=ticket.unit),)
    effects: tuple[Effect, ...] = (
        Assess(initiative, to, words),
        *(counted if recognised else ()),
        *_answering(turn, ticket, words),
    )
    told = (
        _("Initiative {code} is recognised; the citizen is told.", code=code)
        if recognised
        else _("Initiative {code} is not recognised; the citizen is told why.", code=code)
    )
    offers = _offers(turn, Initiative(code, to, words, turn.now, withdrawn=False))
    reply = turn.end(told, *offers, effects=effects)
    return reply.and_tell(await _to_citizen(turn, ticket, news))


def _answering(turn: Turn, ticket: Ticket, words: str) -> tuple[Effect, ...]:
    """Answer the ticket with the outcome, unless an officer has answered it before."""
    if not ticket.is_open or leads_to(ticket.state, Event.ANSWERED) is None:
        return ()
    waited = desk_waiting.ends(turn.office.commune, ticket, turn.now)
    on_time = turn.now <= replace(ticket, **waited).due_at
    closes_at = turn.now + timedelta(days=turn.office.commune.limits.reopen_days)
    return (
        Change(
            ticket,
            Event.ANSWERED,
            State.RESOLVED,
            note=words,
            on_time=on_time,
            values={
                "assignee_id": turn.person.id,
                "answered_at": turn.now,
                "rating": None,
                **waited,
            },
        ),
        Evidence("feedback.answered", about=ticket.code, unit=ticket.unit, value=int(on_time)),
        *responded(turn, ticket),
        *reminders.stopped(ticket.code),
        SetTimer("close", ticket.code, closes_at),
    )
