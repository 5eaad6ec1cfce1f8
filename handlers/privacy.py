"""What is kept of a person, their rights over it, and the request to have it erased.

Rights and deadlines: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Đ.4, Đ.9, Đ.10, Đ.14; NĐ
356/2025/NĐ-CP, Đ.5 (an answer within 2 working days, erasure within 20 days).
"""

from collections.abc import Sequence
from dataclasses import replace

from handlers import (
    cards,
    filing,
    joined,
    linking,
    meanings,
    questions,
    redirect,
    reminders,
    subscriptions,
)
from handlers.commune import Retention
from handlers.deadlines import deadline_words
from handlers.intents import Intent
from handlers.matter import Matter
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding
from messages.envelope import Kind
from messages.languages import DEFAULT, ZONE, say
from messages.text import Sayable, Text, _, lines, ngettext
from storage.erasure import AskErasure
from storage.evidence import Evidence
from storage.outbox import Draft, Offer
from storage.tickets import Change, Event, State
from storage.work import Effect

router = Router()

KIND = "data_erasure"
"""The kind whose clocks of `commune.toml` a request to be erased has."""

ERASURE = _("I ask that all my personal data be erased.")

YES = Offer("erase:yes", _("Yes, erase my data"))
NO = Offer("erase:no", _("No, keep them"))

OFFICIAL = _(
    "You hold a role here, and what officials do stays on record. Please have an administrator end "
    "your role first."
)


@router.command("riengtu", "privacy")
async def rights(turn: Turn) -> Reply:
    """Tell what is kept, why and for how long, and what the person may ask for."""
    agreed = await turn.read.notices.topics_of(sorted(await joined.ids(turn)))
    commune = turn.office.commune
    keeping = commune.retention
    mine = await joined.tickets(turn, commune.limits.tickets_a_day)
    phone = await turn.read.phone_of(turn.person.id)
    text = lines(
        _("Your personal data"),
        commune.privacy.line,
        "",
        _("What we keep:"),
        _("- who you are on {channel}, and your language", channel=turn.person.channel.title()),
        *await _elsewhere(turn),
        ngettext(
            "- {n} ticket of yours (newest ones)", "- {n} tickets of yours (newest ones)", len(mine)
        ),
        _("- the telephone number that you left") if phone else None,
        *_kept_for(keeping),
        _("Why: {ground}", ground=commune.privacy.legal_ground),
        _("To be confirmed by the commune's lawyer.") if commune.privacy.mark else None,
        "",
        _("What you have agreed to:"),
        _("- notices about your dossiers: no"),
        _("- surveys: yes") if subscriptions.SURVEYS in agreed else _("- surveys: no"),
        _("- greetings: yes") if subscriptions.GREETINGS in agreed else _("- greetings: no"),
        _("- notices, calendar, topics: /theodoi shows each"),
        _("Each needs your own yes; as long as you say nothing it stays no."),
        "",
        _("You may see, correct or withdraw what you sent, or have it erased."),
        _("To see: /dulieu. Telephone number: /sodienthoai. Your name: /suaten"),
        _("To take back a yes: /ngungnhan"),
        _("All else: /quyendulieu. We answer such a request within 2 working days."),
    )
    reply = turn.say(
        text,
        Offer("/dulieu", _("See all that is held about me")),
        Offer("/phieu", _("See or withdraw my tickets")),
        Offer("/xoadulieu", _("Erase my data")),
        Offer("/golienket", _("Take my channels apart"))
        if turn.person.joined_to
        else Offer("/lienket", _("Join my channels")),
        Offer("/sodienthoai", _("Leave a telephone number")),
        PERSON,
        MENU,
    )
    return questions.reminded(turn, reply)


def _kept_for(keeping: Retention) -> tuple[Sayable, ...]:
    if keeping.messages is None or keeping.tickets is None:
        return (_("- your messages and tickets, until the commune has fixed for how long"),)
    return (
        _("- your messages for {span}, so that they are answered", span=span(keeping.messages)),
        _("- your tickets for {span} after they end", span=span(keeping.tickets)),
    )


def span(days: int) -> Text:
    """Tell a number of days as people count: "5 years", "180 days (about 6 months)", "20 days"."""
    if days % A_YEAR == 0:
        return ngettext("{n} year", "{n} years", days // A_YEAR)
    if days >= 2 * A_MONTH:
        months = round(days / A_MONTH)
        return _("{days} days (about {months} months)", days=days, months=months)
    return ngettext("{n} day", "{n} days", days)


A_YEAR, A_MONTH = 365, 30
"""Days, as a commune writes its periods of retention."""


@meanings.takes(Intent.DATA_SUBJECT_REQUEST)
async def understood(turn: Turn, _understood: Understanding) -> Reply:
    """Tell their rights to somebody who asks about their data."""
    return await rights(turn)


@router.command("xoadulieu", "erase")
async def begin(turn: Turn) -> Reply:
    """Ask whether the person means it."""
    if questions.is_busy(turn) and turn.person.step != erase.name:
        first = _("Please finish what you are writing first, or send /huy to drop it.")
        return turn.say(first)
    if await _officials(turn):
        return turn.say(OFFICIAL, PERSON, MENU)
    return _ask(turn, elsewhere=await _elsewhere(turn))


async def _officials(turn: Turn) -> bool:
    """Whether somebody with a role asks: what they did as an official is the commune's record."""
    if turn.person.roles:
        return True
    held = await turn.read.holds_role(await joined.ids(turn))
    return bool(held)


def _ask(turn: Turn, *before: Sayable, elsewhere: Sequence[Sayable] = ()) -> Reply:
    last = turn.office.commune.due(filing.ELSE, turn.now, KIND).astimezone(ZONE)
    text = lines(
        *before,
        _("Do you want your personal data erased?"),
        _("It is done as soon as this conversation is over; counts without names remain."),
        _("What is kept outside this service is erased by {day} at the latest.", day=last.date()),
        _("Tickets that are still open are withdrawn, and we cannot write to you any more."),
        *elsewhere,
    )
    return turn.ask(text, YES, NO, MENU, then=erase, data={})


@router.step
async def erase(turn: Turn) -> Reply:
    """Take the confirmation, and file the request."""
    text = turn.message.text.strip()
    if turn.message.choice == YES.key or (not turn.message.choice and questions.says_yes(text)):
        return await _request(turn)
    if turn.message.choice == NO.key or questions.says_no(text):
        return turn.end(_("Good. Nothing was changed."), MENU)
    longest = turn.office.commune.limits.story
    away = redirect.unusable(turn, longest, lambda wrong: _ask(turn, wrong))
    return away or _ask(turn, _("Please answer yes or no, for example 2 for no."))


async def _elsewhere(turn: Turn) -> tuple[Sayable, ...]:
    """Name the other channels that are joined to this one."""
    if turn.person.joined_to is None:
        return ()
    found = await turn.read.addresses(turn.person.id)
    return tuple(
        _("- that this is also you: {channel}", channel=linking.CHANNELS[one.to.channel])
        for one in found
        if one.id != turn.person.id
    )


async def _request(turn: Turn) -> Reply:
    """File the request, withdraw what is open, and have everything erased after this turn.

    The request is about every channel that is joined, and names each; its ticket is the commune's
    record, under which an officer sees to what lies outside the service.
    """
    everybody = await joined.ids(turn)
    asked = lines(ERASURE, *await _elsewhere(turn))
    words = ((questions.message_id(turn), say(asked, DEFAULT)),)
    ticket = filing.new_ticket(turn, Matter(kind=KIND, category=filing.ELSE, words=words))
    beside = await joined.history(turn, ticket, turn.person.id) if turn.person.joined_to else ()
    told = await cards.new_ticket(turn, ticket, words[0][1], beside=beside)
    receipt = lines(
        _("We have received your request about your personal data."),
        _("Your code: {code}", code=ticket.code),
        _("Your data here is being erased now; this letter is your receipt, please keep the code."),
        _("With it anybody can see how far the request is, and nothing else."),
        filing.heard(turn, ticket),
        _(
            "Papers and backups are seen to {deadline}.",
            deadline=deadline_words(ticket.due_at, turn.now),
        ),
    )
    effects: tuple[Effect, ...] = (
        ticket,
        Evidence("feedback.received", about=ticket.code, unit=ticket.unit),
        *reminders.of_new(turn.office.commune, ticket, turn.now),
    )
    news: tuple[Draft, ...] = ()
    for one in await turn.read.open_tickets_of(everybody):
        withdrawn_one = replace(one, state=State.WITHDRAWN)
        text = _("The citizen withdrew ticket {code}.", code=one.code)
        news = (*news, *await cards.news(turn, withdrawn_one, text))
        effects = (
            *effects,
            Change(one, Event.WITHDRAWN, State.WITHDRAWN, values={"closed_at": turn.now}),
            Evidence("feedback.withdrawn", about=one.code, unit=one.unit),
            *reminders.stopped(one.code),
        )
    asked_for = AskErasure(tuple(sorted(everybody)), ticket.code)
    return Reply((turn.letter(receipt), *told.letters, *news), "", {}, (*effects, asked_for))


@router.event(Kind.WITHDRAWN)
async def withdrawn(turn: Turn) -> Reply:
    """Take the platform's word that a person wants their data deleted; it needs no confirmation."""
    if turn.person.is_new:
        # A second copy of what was done: there is nothing but this line itself.
        return turn.quiet(AskErasure((turn.person.id,)))
    if await _officials(turn) or await turn.read.erasure_is_asked(turn.person.id):
        return turn.quiet()
    return await _request(turn)
