"""An answer that a leader approves before it is sent, where the commune wants that."""

from handlers import cards, desk_letters, desk_sending, joined, official_words, questions
from handlers.deadlines import deadline_words
from handlers.desk_ticket import CODE_AND_WORDS, addressed, is_named, responded
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from handlers.ticket_states import leads_to, refused
from handlers.ticket_view import kept
from messages.text import Sayable, Text, _, lines
from storage.desk_acts import AddProof
from storage.outbox import Draft
from storage.people_reader import Officer
from storage.tickets import Change, Event, Happening, Note, Ticket

router = Router()

LEADS = ("leader",)


def is_needed(turn: Turn, ticket: Ticket) -> bool:
    """Tell whether an answer to a ticket has to be approved; those who lead send their own."""
    commune = turn.office.commune
    category, unit = commune.category(ticket.category), commune.unit(ticket.unit)
    wanted = (category is not None and category.approval) or (unit is not None and unit.approval)
    return wanted and not turn.person.has(*LEADS)


async def draft(turn: Turn, ticket: Ticket, words: str) -> Reply:
    """Keep an answer until a leader approves it; a newer one takes its place."""
    leaders = await _leaders(turn, ticket)
    if not leaders:
        return turn.end(
            _(
                "An answer to ticket {code} has to be approved, but no leader is here yet.",
                code=ticket.code,
            )
        )
    to = leads_to(ticket.state, Event.DRAFTED)
    change = Change(ticket, Event.DRAFTED, to, note=words, values={"assignee_id": turn.person.id})
    along = desk_letters.sent_along(turn.message.attachments)
    proof = (AddProof(ticket.code, along),) if along else ()
    brought = [one.text for one in await turn.read.words(ticket.code) if one.text]
    text = lines(
        _("Please approve the answer to ticket {code}.", code=ticket.code),
        _("Written by: {name}", name=turn.person.official_name),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
        *brought,
        "",
        _("Answer:"),
        words,
        *cards.counted([one.kind for one in along]),
    )
    short = ticket.code[-4:]
    offers = (
        Offer(f"/duyet {ticket.code}", _("Approve {code}", code=short)),
        Offer(f"/sualai {ticket.code}", _("Give back {code}", code=short)),
    )
    letters = (
        Draft(
            leader.recipient,
            text,
            offers,
            ticket=ticket.code,
            purpose=Purpose.CARD,
            restart=False,
        )
        for leader in leaders
    )
    told = _("The answer to ticket {code} waits for a leader to approve it.", code=ticket.code)
    return turn.end(told, effects=(change, *proof, *responded(turn, ticket))).and_tell(*letters)


async def _leaders(turn: Turn, ticket: Ticket) -> list[Officer]:
    """List who may approve an answer: not whoever brought the ticket, while another leads."""
    leaders = await turn.read.leaders()
    if ticket.source in cards.SOURCES:
        return leaders
    citizen = {one.id for one in await turn.read.addresses(ticket.person_id)}
    return [one for one in leaders if one.id not in citizen] or leaders


@router.command("duyet", "approve", takes=CODE_AND_WORDS, roles=LEADS)
async def approve(turn: Turn) -> Reply:
    """Approve an answer, which is sent: `/duyet CODE`."""
    found = await _waiting(turn)
    if isinstance(found, Reply):
        return found
    ticket, written = found
    files = await turn.read.files(ticket.code)
    along = kept([file for file in files if file.proof])
    reply = await desk_sending.send(turn, ticket, written.note, along)
    approved = _(
        "{name} approved your answer to ticket {code}; it is on its way.",
        name=turn.person.official_name,
        code=ticket.code,
    )
    return reply.and_tell(*await _to_writer(turn, written, ticket, approved))


@router.command("sualai", "return", takes=CODE_AND_WORDS, roles=LEADS)
async def give_back(turn: Turn) -> Reply:
    """Give an answer back to its officer: `/sualai CODE why`; without a why, ask for it."""
    found = await _waiting(turn)
    if isinstance(found, Reply):
        return found
    ticket, written = found
    _code, why = addressed(turn.words)
    longest = turn.office.commune.limits.story
    if not why or len(why) > longest:
        return _ask_why(turn, ticket.code, questions.too_long(longest) if why else None)
    return await _given_back(turn, ticket, written, why)


@router.step
async def why_given_back(turn: Turn) -> Reply:
    """Take what should be changed."""
    if not turn.person.has(*LEADS):
        return turn.end(_("The question that waited is dropped."))
    found = await _pending(turn, turn.data.get("code", ""))
    if isinstance(found, Reply):
        return found
    wrong = questions.no_answer(turn, turn.office.commune.limits.story)
    why = turn.message.text.strip()
    if wrong is not None or not why or turn.message.choice:
        return _ask_why(turn, found[0].code, wrong)
    return await _given_back(turn, *found, why)


def _ask_why(turn: Turn, code: str, wrong: Text | None = None) -> Reply:
    asked = _("What should be changed in the answer to ticket {code}?", code=code)
    text = lines(wrong, asked, _("Send /huy to leave it."))
    data = {**official_words.kept(turn), "code": code}
    return turn.ask(text, then=why_given_back, data=data)


async def _given_back(turn: Turn, ticket: Ticket, written: Happening, why: str) -> Reply:
    if stopped := official_words.stop(turn, why, why_given_back, {"code": ticket.code}):
        return stopped
    text = lines(
        _(
            "{name} gave your answer to ticket {code} back:",
            name=turn.person.official_name,
            code=ticket.code,
        ),
        why,
    )
    told = _("The answer to ticket {code} is given back.", code=ticket.code)
    reply = turn.end(told, effects=(Note(ticket, Event.RETURNED, why),))
    return reply.and_tell(*await _to_writer(turn, written, ticket, text))


async def _waiting(turn: Turn) -> tuple[Ticket, Happening] | Reply:
    code, _words = addressed(turn.words)
    if not code:
        example = _("Please write the code: {example}", example="/duyet PA2611-7K3M")
        return turn.end(example)
    return await _pending(turn, code)


async def _pending(turn: Turn, code: str) -> tuple[Ticket, Happening] | Reply:
    """Find a ticket and its answer that waits, else say why there is none."""
    ticket = await turn.read.ticket(code)
    if ticket is None:
        return turn.end(_("There is no ticket {code}.", code=code))
    own = ticket.source not in cards.SOURCES and await joined.owns(turn, ticket)
    if own and turn.person.id not in {one.id for one in await _leaders(turn, ticket)}:
        return turn.end(_("Ticket {code} is your own: a colleague handles it.", code=code))
    if leads_to(ticket.state, Event.DRAFTED) is None:
        return turn.end(refused(code, ticket.state))
    history = await turn.read.history(code)
    turning = [one for one in history if one.event in {Event.DRAFTED, Event.RETURNED}]
    if not turning or turning[-1].event is Event.RETURNED or await is_named(turn, ticket):
        return turn.end(_("No answer to ticket {code} waits to be approved.", code=code))
    return ticket, turning[-1]


async def _to_writer(
    turn: Turn, written: Happening, ticket: Ticket, text: Sayable
) -> tuple[Draft, ...]:
    if written.actor_id in {None, turn.person.id}:
        return ()
    to = await turn.read.recipient(written.actor_id or 0)
    return (Draft(to, text, ticket=ticket.code, purpose=Purpose.CARD, restart=False),)
