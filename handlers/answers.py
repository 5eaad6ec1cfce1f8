"""What an officer writes to the citizen about a ticket: the answer, a question, a refusal."""

from collections.abc import Sequence
from datetime import timedelta

from handlers import cards, joined, questions, reminders, ticket_view
from handlers.commune import Contact, Direction, Refusal
from handlers.desk_ticket import CODE_AND_WORDS, DESK, Act, Shortened, addressed, may, which
from handlers.office import Office
from handlers.routing import Offer, Purpose, Reply, Router, Step, Turn, chosen
from messages.envelope import Address, Attachment, AttachmentKind
from messages.languages import DEFAULT, say
from messages.text import Lines, Sayable, Text, _, lines
from storage.evidence import Evidence
from storage.outbox import Draft
from storage.tickets import Change, Event, State, Ticket
from storage.timers import SetTimer, StopTimer

router = Router()

SENT_ALONG = (
    AttachmentKind.IMAGE,
    AttachmentKind.VIDEO,
    AttachmentKind.AUDIO,
    AttachmentKind.FILE,
)
"""Attachments of an officer's message that go to the citizen with it."""

OURS = "media:"
"""How the reference of a file in our own store begins; every channel can send it."""


@router.command("traloi", "answer", takes=CODE_AND_WORDS, roles=DESK)
async def answer(turn: Turn) -> Reply:
    """Answer a ticket: `/traloi CODE text`; without a text, ask for it."""
    return await _with_words(turn, "traloi", Event.ANSWERED, answer_words)


@router.step
async def answer_words(turn: Turn) -> Reply:
    """Take the text of the answer that was asked for."""
    return await _words_of_step(turn, Event.ANSWERED, answer_words)


@router.command("hoi", "ask", takes=CODE_AND_WORDS, roles=DESK)
async def question(turn: Turn) -> Reply:
    """Ask the citizen back: `/hoi CODE text`; without a text, ask for it."""
    return await _with_words(turn, "hoi", Event.ASKED, question_words)


@router.step
async def question_words(turn: Turn) -> Reply:
    """Take the text of the question that was asked for."""
    return await _words_of_step(turn, Event.ASKED, question_words)


@router.command("tuchoi", "refuse", takes=CODE_AND_WORDS, roles=DESK)
async def refusal(turn: Turn) -> Reply:
    """Refuse a ticket: `/tuchoi CODE reason`; without a reason, ask for it."""
    return await _with_words(turn, "tuchoi", Event.REJECTED, refusal_words)


@router.step
async def refusal_words(turn: Turn) -> Reply:
    """Take the reason that was asked for, in the officer's own words."""
    return await _words_of_step(turn, Event.REJECTED, refusal_words)


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
    return act if isinstance(act, Reply) else await write(turn, act, Event.ANSWERED, words)


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


async def _with_words(turn: Turn, command: str, event: Event, then: Step) -> Reply:
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, command)
    act = await may(turn, code, event)
    if isinstance(act, Reply):
        return act
    if not words:
        return await _ask_for(turn, act.ticket, event, then)
    return await write(turn, act, event, words)


async def _words_of_step(turn: Turn, event: Event, then: Step) -> Reply:
    code = turn.data.get("code", "")
    # A reply to another ticket's card is meant for that ticket, whatever was asked here.
    if await _replied_to(turn) not in {"", code} and (reply := await reply_to_card(turn)):
        return reply
    act = await may(turn, code, event)
    if isinstance(act, Reply):
        return act
    wrong = questions.no_answer(turn, turn.office.commune.limits.story)
    words = turn.message.text.strip()
    if wrong is not None or not words:
        return await _ask_for(turn, act.ticket, event, then, wrong)
    return await write(turn, act, event, words)


async def _ask_for(
    turn: Turn, ticket: Ticket, event: Event, then: Step, wrong: Text | None = None
) -> Reply:
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
        then=then,
        data={"code": ticket.code},
    )


async def write(turn: Turn, act: Act, event: Event, words: str) -> Reply:
    """Write to the citizen: an answer, a question or a reason for refusing."""
    match event:
        case Event.ANSWERED if act.ticket.state is State.RESOLVED:
            return await _correct(turn, act.ticket, words)
        case Event.ANSWERED:
            return await _answer(turn, act.ticket, words)
        case Event.ASKED:
            return await _question(turn, act.ticket, words)
        case _:
            return await _refuse(turn, act.ticket, words)


async def _answer(turn: Turn, ticket: Ticket, words: str) -> Reply:
    on_time = turn.now <= ticket.due_at
    closes_at = turn.now + timedelta(days=turn.office.commune.limits.reopen_days)
    change = Change(
        ticket,
        Event.ANSWERED,
        State.RESOLVED,
        note=words,
        on_time=on_time,
        values={"assignee_id": turn.person.id, "answered_at": turn.now, "rating": None},
    )
    text = lines(
        _("Answer to your feedback {code}:", code=ticket.code),
        "",
        words,
        "",
        cards.unit_name(turn.office, ticket.unit),
        _("Are you satisfied with this answer?"),
    )
    letters, left_out = await _to_citizen(
        turn, ticket, text, Purpose.ANSWER, rating_offers(ticket.code)
    )
    told = (
        _("Ticket {code} is answered. The answer is on its way to the citizen.", code=ticket.code)
        if letters
        else _not_written(ticket)
    )
    reply = turn.end(
        lines(told, None if on_time else _("It came after the deadline."), left_out),
        effects=(
            change,
            Evidence("feedback.answered", about=ticket.code, unit=ticket.unit, value=int(on_time)),
            *_served_at_home(ticket),
            StopTimer(reminders.TIMER, ticket.code),
            SetTimer("close", ticket.code, closes_at),
        ),
    )
    return reply.and_tell(*letters)


def _served_at_home(ticket: Ticket) -> tuple[Evidence, ...]:
    """Count a service at home once, however often its ticket is opened again."""
    if ticket.kind != "home_service" or ticket.answered_at is not None:
        return ()
    return (Evidence("homeservice.done", about=ticket.code, unit=ticket.unit),)


async def _correct(turn: Turn, ticket: Ticket, words: str) -> Reply:
    """Send a second answer; it counts as no answer of its own."""
    text = lines(
        _("Correction of the answer to your feedback {code}:", code=ticket.code),
        "",
        words,
        "",
        cards.unit_name(turn.office, ticket.unit),
    )
    offers = () if ticket.rating else rating_offers(ticket.code)
    letters, left_out = await _to_citizen(turn, ticket, text, Purpose.ANSWER, offers)
    told = (
        _(
            "Ticket {code} was answered before. This is on its way to the citizen as a correction.",
            code=ticket.code,
        )
        if letters
        else _not_written(ticket)
    )
    change = Change(ticket, Event.ANSWERED, note=words)
    return turn.end(lines(told, left_out), effects=(change,)).and_tell(*letters)


async def _question(turn: Turn, ticket: Ticket, words: str) -> Reply:
    if ticket.source in cards.SOURCES:
        return turn.end(_not_written(ticket))
    text = lines(
        _("A question about your feedback {code}:", code=ticket.code),
        "",
        words,
        "",
        cards.unit_name(turn.office, ticket.unit),
        _("Please answer here; what you write joins your feedback."),
    )
    show = Offer(f"/phieu {ticket.code}", _("Show my feedback"))
    letters, left_out = await _to_citizen(turn, ticket, text, Purpose.QUESTION, (show,))
    change = Change(
        ticket,
        Event.ASKED,
        State.NEED_INFO,
        note=words,
        values={"assignee_id": turn.person.id},
    )
    told = _("The question about ticket {code} is on its way to the citizen.", code=ticket.code)
    return turn.end(lines(told, left_out), effects=(change,)).and_tell(*letters)


async def _refuse(turn: Turn, ticket: Ticket, words: str) -> Reply:
    known, own = _reason(turn.office, words)
    reason = lines(*((known.title,) if known else ()), *((own,) if own else ()))
    text = lines(
        _("We could not take up your feedback {code}.", code=ticket.code),
        _("Reason:"),
        reason,
        "",
        *_directions(turn.office, ticket, known),
    )
    letters, left_out = await _to_citizen(turn, ticket, text, Purpose.NOTICE)
    change = Change(
        ticket,
        Event.REJECTED,
        State.REJECTED,
        note=say(reason, DEFAULT),
        values={"assignee_id": turn.person.id, "closed_at": turn.now},
    )
    told = (
        _("Ticket {code} is refused. The citizen is told the reason.", code=ticket.code)
        if letters
        else _not_written(ticket)
    )
    reply = turn.end(
        lines(told, left_out),
        effects=(
            change,
            Evidence("feedback.rejected", about=ticket.code, unit=ticket.unit),
            StopTimer(reminders.TIMER, ticket.code),
        ),
    )
    return reply.and_tell(*letters)


def _reason(office: Office, words: str) -> tuple[Refusal | None, str]:
    """Read a reason: the number or id of one of the commune's, further words, or words alone."""
    first, *rest = words.split(maxsplit=1)
    refusals = office.commune.refusals
    if first in {str(number) for number in range(1, len(refusals) + 1)} and not rest:
        return refusals[int(first) - 1], ""
    known = next((reason for reason in refusals if reason.id == first.lower()), None)
    return (known, "".join(rest)) if known else (None, words)


def _directions(office: Office, ticket: Ticket, known: Refusal | None) -> list[Sayable]:
    """Tell whom the citizen can turn to after a refusal."""
    commune = office.commune
    found: list[Sayable] = []
    if known is not None and known.id == "don_khieu_nai_to_cao":
        found += [_direction(commune.directions.complaint), ""]
        found += [_direction(commune.directions.denunciation), ""]
    unit = cards.unit_name(office, ticket.unit)
    found.append(_("If you do not agree or need help, please ask {unit}.", unit=unit))
    found += [_telephone(contact) for contact in commune.contacts if contact.phone]
    return found


def _direction(direction: Direction) -> Lines:
    return lines(
        direction.title, direction.text, _("Where: {place}", place=direction.place), direction.form
    )


def _telephone(contact: Contact) -> Text:
    return _("{title}: {phone}", title=contact.title, phone=contact.phone)


async def _to_citizen(
    turn: Turn,
    ticket: Ticket,
    text: Sayable,
    purpose: Purpose,
    offers: tuple[Offer, ...] = (),
) -> tuple[tuple[Draft, ...], Text | None]:
    """Write the letter, and a sentence for the officer where a photo cannot go along.

    What an officer wrote down for somebody else has nobody to write to: no letter.
    """
    if ticket.source in cards.SOURCES:
        return (), None
    recipient = await joined.recipient(turn, ticket)
    wanted = [item for item in turn.message.attachments if item.kind in SENT_ALONG and item.ref]
    here, there = turn.person.channel, recipient.to.channel
    along = tuple(item for item in wanted if _can_go(item, here, there))
    told = await turn.read.words(ticket.code)
    letter = Draft(
        recipient,
        text,
        offers,
        attachments=along,
        # Whoever brought several matters sees which of them it is about.
        reply_to=told[0].message_id if told else "",
        ticket=ticket.code,
        purpose=purpose,
        report_to=turn.person.id,
    )
    left_out = None
    if len(along) < len(wanted):
        left_out = _(
            "Your photo could not go along, because the citizen writes on {channel}.",
            channel=there.capitalize(),
        )
    return (letter,), left_out


def _can_go(attachment: Attachment, sent_on: str, to_channel: str) -> bool:
    """Whether a channel can send a file: a platform knows only its own files, and ours."""
    return sent_on == to_channel or attachment.ref.startswith(OURS)


def _not_written(ticket: Ticket) -> Text:
    """Say that there is nobody to write to."""
    return _(
        "Ticket {code} came by {source}: nobody can be written to here. Please tell the person "
        "yourself.",
        code=ticket.code,
        source=cards.SOURCES.get(ticket.source, ticket.source),
    )


RATINGS = (
    (1, _("Very dissatisfied")),
    (2, _("Dissatisfied")),
    (3, _("Neutral")),
    (4, _("Satisfied")),
    (5, _("Very satisfied")),
)
"""What may be said of an answer; the number is the points."""


def rating_offers(code: str) -> tuple[Offer, ...]:
    """Give the choices 1 to 5 under an answer; each works at any time."""
    return tuple(Offer(f"/danhgia {code} {n}", title, number=n) for n, title in RATINGS)
