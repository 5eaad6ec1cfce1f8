"""What an officer writes to the citizen about a ticket: the answer, a question, a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from handlers import (
    cards,
    desk_approval,
    desk_letters,
    desk_refusals,
    desk_sending,
    desk_waiting,
    joined,
    official_words,
    questions,
    redirect,
    reminders,
    ticket_view,
)
from handlers.deadlines import deadline_words
from handlers.desk_ticket import (
    CODE_AND_WORDS,
    DESK,
    Act,
    Shortened,
    addressed,
    may,
    responded,
    which,
)
from handlers.routing import Offer, Purpose, Reply, Router, Turn, chosen
from messages.envelope import Address
from messages.text import Text, _, lines
from storage.tickets import Change, Event, State, Ticket
from storage.work import Effect

router = Router()

COMMANDS: Mapping[Event, str] = MappingProxyType(
    {Event.ANSWERED: "traloi", Event.ASKED: "hoi", Event.REJECTED: "tuchoi"}
)
"""What an officer may write, and the command for it; each works alike: `/traloi CODE words`."""


@router.command("traloi", "answer", takes=CODE_AND_WORDS, roles=DESK)
async def answer(turn: Turn) -> Reply:
    """Answer a ticket."""
    return await _with_words(turn, Event.ANSWERED)


@router.command("hoi", "ask", takes=CODE_AND_WORDS, roles=DESK)
async def question(turn: Turn) -> Reply:
    """Ask the citizen back."""
    return await _with_words(turn, Event.ASKED)


@router.command("tuchoi", "refuse", takes=CODE_AND_WORDS, roles=DESK)
async def refusal(turn: Turn) -> Reply:
    """Refuse a ticket with a reason."""
    return await _with_words(turn, Event.REJECTED)


@router.step
async def words_asked_for(turn: Turn) -> Reply:
    """Take the words that a command was given without."""
    event, code = Event(turn.data.get("event", Event.ANSWERED)), turn.data.get("code", "")
    # A reply to another ticket's card is meant for that ticket, whatever was asked here.
    if await _replied_to(turn) not in {"", code} and (reply := await reply_to_card(turn)):
        return reply
    act = await may(turn, code, event)
    if isinstance(act, Reply):
        return act
    if turn.message.choice == official_words.CLEARED.key:
        return await _ask_for(turn, act.ticket, event)
    wrong = questions.no_answer(turn, turn.office.commune.limits.story)
    words = turn.message.text.strip()
    if wrong is not None or not words:
        return await _ask_for(turn, act.ticket, event, wrong)
    return await write(turn, act, event, words)


@router.step
async def refusal_confirmed(turn: Turn) -> Reply:
    """Take the second confirmation of a refusal."""
    data, typed = dict(turn.data), turn.message.text.strip()
    act = await may(turn, data.get("code", ""), Event.REJECTED)
    if isinstance(act, Reply):
        return act
    if turn.message.choice == desk_refusals.NO.key or questions.says_no(typed):
        return turn.end(_("Good. Nothing was changed."), questions.MENU)
    if turn.message.choice != desk_refusals.YES.key and not questions.says_yes(typed):
        return desk_refusals.ask(turn, data, refusal_confirmed)
    return await desk_refusals.refuse(turn, act.ticket, data["words"])


@router.first
async def reply_to_card(turn: Turn) -> Reply | None:
    """Take an officer's reply to a card as the answer to its ticket.

    None where the message is no such answer: not an officer's, not about a ticket, a command or a
    choice.
    """
    code = await _replied_to(turn)
    if not code:
        return None
    words = turn.message.text.strip()
    if not words:
        return turn.end(
            lines(
                _("A photo alone is no answer to ticket {code}.", code=code),
                _("Please reply to the card once more, with a sentence beside the photo."),
            )
        )
    act = await may(turn, code, Event.ANSWERED)
    reply = act if isinstance(act, Reply) else await write(turn, act, Event.ANSWERED, words)
    return reply if redirect.drops(reply) else questions.aside(turn, reply)


async def _replied_to(turn: Turn) -> str:
    """Find the code of the ticket to whose card an officer replies, "" where they do not."""
    message = turn.message
    if not message.reply_to or not turn.person.has("officer") or chosen(turn).message.choice:
        return ""
    if message.text.lstrip().startswith(("/", "#")):
        return ""
    to = Address(turn.person.channel, message.group or turn.person.address)
    code = await turn.read.ticket_of_letter(to, message.reply_to)
    ticket = await turn.read.ticket(code) if code else None
    if ticket is None:
        return ""
    # What an officer brought as a citizen is not theirs to answer from the letter they got.
    own = ticket.source not in cards.SOURCES and await joined.owns(turn, ticket)
    return "" if own else code


async def _with_words(turn: Turn, event: Event) -> Reply:
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, COMMANDS[event])
    act = await may(turn, code, event)
    if isinstance(act, Reply):
        return act
    longest = turn.office.commune.limits.story
    if len(words) > longest:
        return turn.end(questions.too_long(longest))
    if not words:
        return await _ask_for(turn, act.ticket, event)
    # Who typed code and reason in one line meant it; a finger may slip on a button.
    return await write(turn, act, event, words, sure=not turn.message.choice)


async def _ask_for(turn: Turn, ticket: Ticket, event: Event, wrong: Text | None = None) -> Reply:
    """Ask the officer for the words, once more where what came cannot be sent."""
    offers: Sequence[Offer] = ()
    if event is Event.ANSWERED:
        text = lines(
            _("Please write the answer to ticket {code}.", code=ticket.code),
            _("It goes to the citizen word for word. A photo may go along with it."),
        )
    elif event is Event.ASKED:
        text = lines(
            _("Please write what the citizen should tell about ticket {code}.", code=ticket.code),
            _("It goes to the citizen word for word."),
        )
    else:
        text = lines(
            _("For which reason is ticket {code} refused?", code=ticket.code),
            _("Choose one, or write the reason in your own words. The citizen reads it."),
        )
        offers = [
            Offer(f"/tuchoi {ticket.code} {reason.id}", Shortened(reason.title))
            for reason in turn.office.commune.refusals
        ]
    return turn.ask(
        lines(wrong, text, await ticket_view.window(turn, ticket), _("Send /huy to leave it.")),
        *offers,
        then=words_asked_for,
        data={**official_words.kept(turn), "code": ticket.code, "event": event.value},
    )


async def write(turn: Turn, act: Act, event: Event, words: str, *, sure: bool = False) -> Reply:
    """Write to the citizen: an answer, a question or, asked once more unless sure, a refusal."""
    data = {"code": act.ticket.code, "event": event.value}
    if stopped := official_words.stop(turn, words, words_asked_for, data):
        return stopped
    match event:
        case Event.ANSWERED if act.ticket.state is State.RESOLVED:
            return await _correct(turn, act.ticket, words)
        case Event.ANSWERED:
            return await _answer(turn, act.ticket, words)
        case Event.ASKED:
            return await _question(turn, act.ticket, words)
        case _:
            if sure:
                return await desk_refusals.refuse(turn, act.ticket, words)
            asked = {"code": act.ticket.code, "words": words}
            return desk_refusals.ask(turn, asked, refusal_confirmed)


async def _answer(turn: Turn, ticket: Ticket, words: str) -> Reply:
    """Answer, or have the answer approved first where the commune wants that."""
    category = turn.office.commune.category(ticket.category)
    along = desk_letters.sent_along(turn.message.attachments)
    if category is not None and category.proof and not along:
        files = await turn.read.files(ticket.code)
        if not any(file.proof for file in files):
            example = f"/ghichu {ticket.code} …"
            return turn.end(
                lines(
                    _("An answer to ticket {code} needs a photo or document.", code=ticket.code),
                    _("Please send it with the answer, or before: {example}", example=example),
                )
            )
    if desk_approval.is_needed(turn, ticket):
        return await desk_approval.draft(turn, ticket, words)
    return await desk_sending.send(turn, ticket, words)


async def _correct(turn: Turn, ticket: Ticket, words: str) -> Reply:
    """Send a second answer; it counts as no answer of its own."""
    text = lines(
        _("Correction of the answer to your feedback {code}:", code=ticket.code),
        "",
        words,
        "",
        cards.unit_name(turn.office, ticket.unit),
    )
    offers = () if ticket.rating else desk_letters.rating_offers(ticket.code)
    letters, left_out = await desk_letters.to_citizen(turn, ticket, text, Purpose.ANSWER, offers)
    told = (
        _(
            "Ticket {code} was answered before. This is on its way to the citizen as a correction.",
            code=ticket.code,
        )
        if letters
        else desk_letters.not_written(ticket)
    )
    change = Change(ticket, Event.ANSWERED, note=words)
    return turn.end(lines(told, left_out), effects=(change,)).and_tell(*letters)


async def _question(turn: Turn, ticket: Ticket, words: str) -> Reply:
    if ticket.source in cards.SOURCES:
        return turn.end(desk_letters.not_written(ticket))
    text = lines(
        _("A question about your feedback {code}:", code=ticket.code),
        "",
        words,
        "",
        cards.unit_name(turn.office, ticket.unit),
        _("Please answer here; what you write joins your feedback."),
    )
    show = Offer(f"/phieu {ticket.code}", _("Show my feedback"))
    letters, left_out = await desk_letters.to_citizen(turn, ticket, text, Purpose.QUESTION, (show,))
    waits = desk_waiting.begins(turn.office.commune, ticket, turn.now)
    asked = replace(ticket, **waits)
    change = Change(
        ticket,
        Event.ASKED,
        State.NEED_INFO,
        note=words,
        values={"assignee_id": turn.person.id, **waits},
    )
    told = lines(
        _("The question about ticket {code} is on its way to the citizen.", code=ticket.code),
        _(
            "While they are waited for the clock stands still, at the longest so that the answer "
            "is due {deadline}.",
            deadline=deadline_words(asked.due_at, turn.now),
        )
        if waits
        else None,
        left_out,
    )
    timers = await reminders.of(turn, asked) if waits else ()
    effects: tuple[Effect, ...] = (change, *timers, *responded(turn, ticket))
    return turn.end(told, effects=effects).and_tell(*letters)
