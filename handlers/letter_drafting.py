"""Drafting a letter of the commune: its fields one by one, a look at it, and to the leaders."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from handlers import cards, official_words, questions, sender
from handlers.letter_forms import Blank, Form, filled
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from messages.codes import ticket_code
from messages.languages import ZONE
from messages.text import Lines, Sayable, Text, _, lines
from storage.letter_book import DraftLetter
from storage.outbox import Draft
from storage.people_reader import Officer

router = Router()

STAFF = ("staff", "leader")
LEADER = ("leader",)

LONGEST = 400
"""Characters of one field: letters keep to one page."""

KEEP = Offer("letter:keep", _("Keep this"))
SUBMIT = Offer("letter:submit", _("Hand it to a leader"))


@router.command("soanthu", "draftletter", takes=r"[a-z]+(?:\s+PA\d{4}-\w{4})?", roles=STAFF)
async def draft(turn: Turn) -> Reply:
    """Draft a letter: `/soanthu KIND [ticket]`; what the ticket tells is filled in beforehand."""
    kind, _space, rest = turn.words.strip().partition(" ")
    forms = turn.office.letters
    form = forms.form(kind.lower()) if forms else None
    if forms is None or form is None:
        return turn.end(_("There is no such kind of letter."), Offer("/thu", _("Letters")))
    code = ticket_code(rest)
    known = await known_of_ticket(turn, code) if code else {}
    if isinstance(known, Reply):
        return known
    if code and (taken := await _taken(turn, form, _of_ticket(code))):
        return taken
    return begin(turn, form, known, code)


def begin(turn: Turn, form: Form, known: Mapping[str, str], ticket: str = "") -> Reply:
    """Ask for the fields of a letter.

    Args:
        turn: the turn of whoever drafts it.
        form: the kind of letter.
        known: fields that are filled in already, each to be kept or written anew.
        ticket: the ticket that it comes from.
    """
    data = {
        "kind": form.id,
        "ticket": ticket,
        "known": json.dumps(dict(known)),
        "fields": json.dumps({}),
    }
    return _ask(turn, form, data)


async def known_of_ticket(turn: Turn, code: str) -> dict[str, str] | Reply:
    """Tell what a ticket says for a letter: the name, and the decision on an initiative."""
    ticket = await turn.read.ticket(code)
    if ticket is None:
        return turn.end(_("There is no ticket {code}.", code=code), Offer("/thu", _("Letters")))
    known = {}
    if not sender.is_nameless(ticket):
        known["name"] = await sender.name_for(turn, ticket) or ""
    initiative = await turn.read.initiatives.one(code)
    if initiative is not None:
        known["decision"] = initiative.decision
        words = await turn.read.words(code)
        known["initiative"] = " ".join(one.text for one in words if one.text)[:LONGEST]
    return {name: value for name, value in known.items() if value}


def _of_ticket(code: str) -> str:
    return f"ticket:{code}"


async def _taken(turn: Turn, form: Form, occasion: str) -> Reply | None:
    """Refuse a second letter for one occasion."""
    other = await turn.read.letters.of_occasion(form.id, occasion)
    if other is None:
        return None
    text = lines(
        _("There is a letter for this occasion already: {code}.", code=other.code),
        _("For one occasion one letter is sent."),
    )
    return turn.end(text, Offer(f"/thu {other.code}", other.code), Offer("/thu", _("Letters")))


def _ask(turn: Turn, form: Form, data: Mapping[str, str], wrong: Text | None = None) -> Reply:
    """Ask for the next field."""
    turn = turn.alone()
    done, known = json.loads(data["fields"]), json.loads(data["known"])
    blank = _next(form, done)
    if blank is None:
        return _preview(turn, form, data)
    value = known.get(blank.id, "")
    example = turn.now.astimezone(ZONE).date()
    text = lines(
        wrong,
        _("{title}: {label}?", title=form.title, label=blank.label),
        _("Write a day, for example {day}.", day=example) if blank.date else None,
        *((_("It is known: {value}", value=value),) if value else ()),
        _("Send /huy to leave it."),
    )
    return turn.ask(text, *((KEEP,) if value else ()), then=field, data=data)


def _next(form: Form, done: Mapping[str, str]) -> Blank | None:
    return next((blank for blank in form.fields if blank.id not in done), None)


@router.step
async def field(turn: Turn) -> Reply:
    """Take one field."""
    form = _form_of(turn)
    if form is None or not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    data = {**turn.data, **official_words.kept(turn)}
    done, known = json.loads(data["fields"]), json.loads(data["known"])
    blank = _next(form, done)
    if blank is None:
        return _preview(turn, form, data)
    if turn.message.choice == KEEP.key and known.get(blank.id):
        value = known[blank.id]
    else:
        wrong = questions.no_answer(turn, LONGEST)
        value = " ".join(turn.message.text.split())
        cleared = turn.message.choice == official_words.CLEARED.key
        if wrong is not None or not value or cleared:
            told = None if cleared else wrong or _("Please answer in words.")
            return _ask(turn, form, data, told)
        if stopped := official_words.stop(turn, value, field, data):
            return stopped
    if blank.date:
        day = day_in(value)
        if day is None:
            return _ask(turn, form, data, _("{value} is no day.", value=value))
        value = f"{day:%d/%m/%Y}"
    # What was said of one field holds for that field alone.
    data.pop(official_words.NOT_ONE, None)
    data["fields"] = json.dumps({**done, blank.id: value})
    return _ask(turn, form, data)


def _form_of(turn: Turn) -> Form | None:
    return turn.office.letters.form(turn.data.get("kind", "")) if turn.office.letters else None


def day_in(text: str) -> date | None:
    """Read a day as people write it, 8/11/2026; None where it is none."""
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=ZONE).date()
        except ValueError:
            continue
    return None


def said(form: Form, fields: Mapping[str, str]) -> Lines:
    """Put a letter's words together for reading in the chat."""
    paragraphs: list[Sayable] = []
    for one in form.paragraphs:
        paragraphs += ["", filled(one, fields)]
    return lines(form.heading.upper(), filled(form.greeting, fields), *paragraphs)


def _preview(turn: Turn, form: Form, data: Mapping[str, str]) -> Reply:
    turn = turn.alone()
    fields = json.loads(data["fields"])
    text = lines(
        _("This is the draft. Please read it once more."),
        "",
        said(form, fields),
        "",
        _("Only after a leader has approved it does it get a number and go out."),
    )
    anew = Offer(f"/soanthu {form.id} {data['ticket']}".rstrip(), _("Write it anew"))
    return turn.ask(text, SUBMIT, anew, then=submit, data=data)


@router.step
async def submit(turn: Turn) -> Reply:
    """Hand a draft to the leaders."""
    form = _form_of(turn)
    if form is None or not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    yes = turn.message.choice == SUBMIT.key or questions.says_yes(turn.message.text)
    if not yes or turn.message.attachments:
        return _preview(turn, form, turn.data)
    fields = json.loads(turn.data["fields"])
    code = turn.data["ticket"]
    occasion = _of_ticket(code) if code else form.occasion_of(fields)
    if taken := await _taken(turn, form, occasion):
        return taken
    letter = DraftLetter(
        code=f"TH{turn.now.astimezone(ZONE):%y%m}-{turn.chance.letters(4)}",
        kind=form.id,
        occasion=occasion,
        fields=fields,
        ticket=code,
        person_id=await _reached(turn, code),
    )
    leaders = await _leaders(turn)
    told = lines(
        _("Letter {code} is drafted.", code=letter.code),
        _("A leader has been asked to approve it.")
        if leaders
        else _("Nobody could approve it yet: no leader has been invited. It is kept."),
    )
    news = lines(
        _("Letter {code} waits for your approval.", code=letter.code), "", said(form, fields)
    )
    letters = (
        Draft(one.recipient, news, acts(letter.code), purpose=Purpose.CARD, restart=False)
        for one in leaders
        if one.id != turn.person.id
    )
    mine = acts(letter.code) if turn.person.has(*LEADER) else ()
    show = Offer(f"/thu {letter.code}", letter.code)
    return turn.end(told, *mine, show, effects=(letter,)).and_tell(*letters)


def acts(code: str) -> tuple[Offer, ...]:
    """Give what a leader may do with a draft."""
    return (
        Offer(f"/duyetthu {code}", _("Approve {code}", code=code[-4:])),
        Offer(f"/tralaithu {code}", _("Turn down {code}", code=code[-4:])),
    )


async def _leaders(turn: Turn) -> list[Officer]:
    """List who may approve: leaders, the administrators where there is none."""
    return await turn.read.leaders() or await turn.read.admins()


async def _reached(turn: Turn, code: str) -> int | None:
    """Find whom a letter for a ticket is delivered to in the chat, None where it is printed."""
    ticket = await turn.read.ticket(code) if code else None
    return ticket.person_id if ticket and ticket.source not in cards.SOURCES else None
