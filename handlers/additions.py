"""What a citizen writes about a ticket that they have: more words, photos, a pin, an edit."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers import (
    cards,
    desk,
    desk_waiting,
    drafting,
    filing,
    joined,
    meanings,
    questions,
    redirect,
    reminders,
)
from handlers.deadlines import deadline_words
from handlers.intents import Intent
from handlers.matter import Matter, data_of, matter_of
from handlers.questions import MENU, PERSON, too_long
from handlers.routing import Reply, Router, Turn
from handlers.spelling import spelled
from handlers.ticket_states import leads_to
from handlers.understanding import Understanding, is_emergency, understand
from messages.codes import TICKET, ticket_code
from messages.envelope import Kind
from messages.text import Text, _, lines
from messages.vietnamese import words as syllables
from storage.outbox import Draft, Offer
from storage.tickets import AddWords, Change, Event, State, Ticket
from storage.work import Effect

router = Router()

FRESH = timedelta(hours=24)
"""After so long what a person writes may be another matter: they are asked."""

JOINS = frozenset(
    {
        Intent.FEEDBACK,
        Intent.PETITION,
        Intent.PRAISE,
        Intent.INITIATIVE,
        Intent.INFORMATION_REQUEST,
        Intent.TECHNICAL_ERROR,
        Intent.HOME_SERVICE,
        Intent.EMERGENCY,
        Intent.UNKNOWN,
    }
)
"""What joins a ticket although its meaning is sure; every other sure intent leads away."""

ASKED = frozenset({Intent.PROCEDURE, Intent.CLARIFY})

FILING_WORDS = frozenset(("gopy", "phananh", "feedback", "camon", "sangkien", "gapcanbo", "bosung"))


def leads_away(turn: Turn, text: str) -> bool:
    """Tell whether a text is surely about something else than what was spoken of.

    A name that a procedure shares ("opposite the health station") is no question about it: that
    needs a word with which people ask.
    """
    understood = understand(text, turn.office.catalogue)
    if understood.intent in ASKED:
        return meanings.asks(text)
    return understood.sure and understood.intent not in JOINS


async def more(turn: Turn) -> Reply | None:
    """Take what a person writes after they filed a ticket; None where there is no such ticket.

    The message has passed `redirect.unusable`. No step waits for it (see `filing.afterwards`).
    """
    code = turn.data.get("ticket", "")
    ticket = await turn.read.ticket(code) if code else None
    if ticket is None or leads_to(ticket.state, Event.SUPPLEMENTED) is None:
        return None
    text = turn.message.text.strip()
    if text.isdecimal():
        return turn.say(_("Please write what you want to add, or choose 0 for the menu."))
    if text and is_elsewhere(turn, text):
        return None
    same_album = bool(turn.message.album) and turn.message.album == turn.data.get("album")
    fresh = turn.now - datetime.fromisoformat(turn.data["at"]) <= FRESH
    if ticket.is_open and (fresh or same_album):
        return await join(turn, ticket, text, quiet=same_album)
    matter = Matter().gathered(turn)
    return _which(turn, ticket, matter.told(turn, text) if text else matter)


def is_elsewhere(turn: Turn, text: str) -> bool:
    """Tell whether a message adds nothing, or is surely about something else."""
    adds_nothing = questions.is_courtesy(text) or only_announces(text)
    return (adds_nothing and not turn.message.attachments) or leads_away(turn, text)


ANNOUNCING = """
    toi em chau con minh bac co chu ong ba muon xin can duoc cho gui noi bao mot vai voi viec a nhe
    phan anh gop y kien nghi de xuat cam on khen ngoi sang kien ad admin oi da
    i want to give send feedback
"""
"""Words that only say that something is going to be told ("tôi muốn góp ý"), folded."""

LONGEST_ANNOUNCEMENT = 100
"""Characters."""


def only_announces(text: str) -> bool:
    """Tell whether a text says that something is going to be told, and nothing of it."""
    return len(text) <= LONGEST_ANNOUNCEMENT and set(syllables(text)) <= set(ANNOUNCING.split())


def _which(turn: Turn, ticket: Ticket, matter: Matter, *before: Text) -> Reply:
    """Ask whether what was written belongs to the ticket or is another matter."""
    code = ticket.code
    again = Offer(f"/molai {code}", _("Look at it again"))
    return turn.ask(
        lines(
            *before,
            _("Does this belong to your ticket {code}, or is it something else?", code=code),
        ),
        Offer("addition:join", _("It belongs to {code}", code=code)),
        Offer("addition:new", _("It is something else")),
        *((again,) if leads_to(ticket.state, Event.REOPENED) else ()),
        MENU,
        then=which,
        data={**data_of(matter), "code": code},
    )


@router.step
async def which(turn: Turn) -> Reply:
    """Take whether the words that are kept belong to the ticket."""
    kept = matter_of(turn)
    ticket = await turn.read.ticket(turn.data.get("code", ""))
    if ticket is None or turn.message.choice == "addition:new":
        ask = drafting.ask_to_send if kept.words else drafting.ask_story
        return ask(turn, kept)
    if turn.message.choice == "addition:join":
        if leads_to(ticket.state, Event.SUPPLEMENTED) is None:
            return turn.end(over(ticket), MENU)
        return await _join(turn, ticket, kept)
    longest = max(turn.office.commune.limits.story - len(kept.text), 1)
    away = redirect.unusable(
        turn, longest, lambda wrong: _which(turn, ticket, kept, wrong), context=kept.text
    )
    text = turn.message.text.strip()
    if away is not None:
        return away
    if text and leads_away(turn, text):
        return await meanings.answer(turn)
    grown = kept.gathered(turn)
    first = _("Please choose first, for example 1.")
    return _which(turn, ticket, grown.told(turn, text) if text else grown, first)


async def join(turn: Turn, ticket: Ticket, text: str, *, quiet: bool = False) -> Reply:
    """Add a message to a ticket of its person, who is thanked once; its officer is told.

    Args:
        turn: the turn whose message is added.
        ticket: the ticket, in a state that takes more.
        text: the words, which passed `redirect.stop`.
        quiet: whether it is a further part of an album, which needs no answer of its own.
    """
    matter = Matter().gathered(turn)
    return await _join(turn, ticket, matter.told(turn, text) if text else matter, quiet=quiet)


async def _join(turn: Turn, ticket: Ticket, matter: Matter, *, quiet: bool = False) -> Reply:
    most = turn.office.commune.limits.photos
    room = max(most - len(await turn.read.files(ticket.code)), 0) if matter.files else most
    taken = replace(matter, files=matter.files[:room])
    effects = await _effects(turn, ticket, taken)
    data = filing.afterwards(turn, ticket.code)
    too_many = len(matter.files) > room
    if quiet and not too_many:
        return Reply((), "", data, effects)
    deadline = deadline_words(after_wait(turn, ticket).due_at, turn.now)
    thanks = lines(
        _("I have added it to your ticket {code}.", code=ticket.code) if effects else None,
        _("No more than {most} files can go with it.", most=most) if too_many else None,
        _("We answer {deadline}.", deadline=deadline) if ticket.is_open and effects else None,
    )
    letter = turn.letter(
        thanks,
        *_procedure(turn, matter.text),
        Offer(f"/phieu {ticket.code}", _("Show my ticket")),
        Offer("/gopy", _("Send something else")),
        MENU,
        ticket=ticket.code,
    )
    news = await _news(turn, ticket, taken) if effects else ()
    reply = Reply((letter, *news), "", data, effects)
    urgent = bool(matter.text) and is_emergency(matter.text)
    return redirect.with_numbers(turn, reply) if urgent else reply


async def _effects(turn: Turn, ticket: Ticket, matter: Matter) -> tuple[Effect, ...]:
    """Write the addition: words and files, a pin, and that what was asked has come."""
    effects: list[Effect] = []
    pinned = matter.latitude is not None
    state = leads_to(ticket.state, Event.SUPPLEMENTED)
    if pinned or state is not ticket.state:
        values = desk_waiting.ends(turn.office.commune, ticket, turn.now)
        if pinned:
            values |= {"latitude": matter.latitude, "longitude": matter.longitude}
        effects.append(Change(ticket, Event.SUPPLEMENTED, state, values=values))
    words = matter.words or (((questions.message_id(turn), ""),) if matter.files else ())
    for number, (message_id, text) in enumerate(words):
        files = () if number else matter.files
        effects.append(AddWords(ticket.code, message_id, text, files, told=bool(effects)))
    if ticket.waiting_since is not None:
        effects += await reminders.of(turn, after_wait(turn, ticket))
    return tuple(effects)


def after_wait(turn: Turn, ticket: Ticket) -> Ticket:
    """Give a ticket as it is once what was asked has come."""
    return replace(ticket, **desk_waiting.ends(turn.office.commune, ticket, turn.now))


async def _news(turn: Turn, ticket: Ticket, matter: Matter) -> tuple[Draft, ...]:
    return await cards.news(
        turn,
        ticket,
        lines(
            _("The citizen wrote more about {code}:", code=ticket.code),
            *((matter.text,) if matter.text else ()),
            *cards.counted([one.kind for one in matter.files]),
            _("A location was sent.") if matter.latitude is not None else None,
        ),
    )


def _procedure(turn: Turn, text: str) -> tuple[Offer, ...]:
    """Offer the procedure that a text may have asked for although it joined the ticket."""
    understood = understand(text, turn.office.catalogue) if text else None
    if understood is None or understood.intent not in ASKED:
        return ()
    return _offer(turn, understood)


def _offer(turn: Turn, understood: Understanding) -> tuple[Offer, ...]:
    found = turn.office.catalogue.by_code(understood.procedures[0][0])
    return (Offer(f"/thutuc {found.code}", questions.title_of(found)),) if found else ()


def over(ticket: Ticket) -> Text:
    """Say that a ticket that has ended takes nothing more."""
    return _("Ticket {code} has ended, so nothing can be added to it.", code=ticket.code)


async def awaited(turn: Turn) -> Ticket | None:
    """Find the person's ticket that a message belongs to although no step waits for it.

    It is the one that the message answers, or one in which an officer asked them something.
    """
    if turn.message.reply_to:
        code = await turn.read.ticket_of_letter(turn.me.to, turn.message.reply_to)
        ticket = await turn.read.ticket(code) if code else None
        if ticket and ticket.is_open and await joined.owns(turn, ticket):
            return ticket
    latest = await joined.tickets(turn)
    asked = (one for one in latest if one.state is State.NEED_INFO)
    return next((one for one in asked if one.source not in cards.SOURCES), None)


@router.command("bosung", takes=rf"{TICKET.pattern}(?:\s.*)?")
async def add(turn: Turn) -> Reply:
    """Add to a ticket of one's own: `/bosung CODE [words]`."""
    code = ticket_code(turn.words)
    ticket = await turn.read.ticket(code) if code else None
    own = await joined.owns(turn, ticket)
    if ticket is None or not own:
        example = _("Please send the code of your own ticket, for example: /bosung PA2611-7K3M")
        return questions.reminded(turn, turn.say(example, Offer("/phieu", _("My tickets")), MENU))
    if leads_to(ticket.state, Event.SUPPLEMENTED) is None:
        return questions.reminded(turn, turn.say(over(ticket), MENU))
    text = after_code(turn.words)
    if text or questions.files(turn):
        return _refused(turn, text) or _aside(turn, await join(turn, ticket, text))
    if questions.is_busy(turn):
        usage = _("Please write it behind the code, for example: /bosung {code} ...", code=code)
        return questions.reminded(turn, turn.say(usage))
    question = _("Please send what you want to add to {code}: words or photos.", code=ticket.code)
    return Reply((turn.letter(question, MENU),), "", filing.afterwards(turn, ticket.code))


def after_code(words: str) -> str:
    """Give what follows the ticket code with which words begin."""
    found = TICKET.search(words)
    return words[found.end() :].strip(" \n:,") if found else ""


def _refused(turn: Turn, text: str) -> Reply | None:
    """Refuse words of a command that are too long or may not be taken."""
    if stopped := redirect.stop(turn, text):
        return stopped
    longest = turn.office.commune.limits.story
    return turn.say(too_long(longest), PERSON, MENU) if len(text) > longest else None


def _aside(turn: Turn, reply: Reply) -> Reply:
    return questions.beside(turn, reply) if questions.is_busy(turn) else reply


@router.event(Kind.EDIT)
async def edited(turn: Turn) -> Reply:
    """Take a new version of a message that a draft or an open ticket has."""
    text = _without_command(turn.message.text).strip()
    message_id = turn.message.about.partition(" ")[0]
    if not message_id or not text:
        return turn.quiet()
    if message_id in dict(matter_of(turn).words):
        return _edited_draft(turn, message_id, text)
    code = await turn.read.ticket_with_message(turn.person.id, message_id)
    ticket = await turn.read.ticket(code) if code else None
    if ticket is None:
        return await desk.edited(turn) or turn.quiet()
    return await _edited_ticket(turn, ticket, message_id, text)


async def _edited_ticket(turn: Turn, ticket: Ticket, message_id: str, text: str) -> Reply:
    """Add the new version to the ticket, and tell its officer."""
    code = ticket.code
    if refused := _refused(turn, text):
        return refused
    if not ticket.is_open:
        return turn.say(
            _("Ticket {code} has been answered or ended: its words stay as they were.", code=code)
        )
    changed = _("The citizen changed what they wrote about {code}:", code=code)
    news = await cards.news(turn, ticket, lines(changed, text))
    thanks = turn.letter(
        _("I have noted the new version for ticket {code}.", code=code), ticket=code
    )
    return Reply((thanks, *news), effects=(AddWords(code, message_id, text, edits=True),))


def _edited_draft(turn: Turn, message_id: str, text: str) -> Reply:
    """Put the new version in the place of the old one, before anything is sent."""
    kept = matter_of(turn)
    words = tuple((one, text if one == message_id else old) for one, old in kept.words)
    changed = replace(kept, words=words)
    if stopped := redirect.stop(turn, changed.text, kept.cleared):
        return stopped
    longest = turn.office.commune.limits.story
    if len(changed.text) > longest:
        return turn.say(too_long(longest))
    if turn.person.step == drafting.preview.name:
        return drafting.ask_to_send(turn, changed)
    return Reply(data={**turn.data, **data_of(changed)})


def _without_command(text: str) -> str:
    """Give what follows the word with which a message was filed."""
    for name, rest, _syllables in spelled(text):
        if rest and name in FILING_WORDS:
            return after_code(rest) if name == "bosung" else rest
    return text
