"""What is kept of a person, their rights over it, and the request to have it erased.

Rights and deadlines: Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, Đ.4, Đ.9, Đ.10, Đ.14; NĐ
356/2025/NĐ-CP, Đ.5 (an answer within 2 working days, erasure within 20 days).
"""

from collections.abc import Sequence
from dataclasses import replace

from handlers import filing, joined, linking, meanings, questions, redirect, subscriptions
from handlers.deadlines import add_calendar_days
from handlers.intents import Intent
from handlers.matter import Matter
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding
from messages.envelope import Kind
from messages.languages import DEFAULT, say
from messages.text import Sayable, _, lines, ngettext
from storage.outbox import Offer
from storage.people import KeepPhone

router = Router()

KIND = "data_subject_request"
ERASED_WITHIN = 20
"""Days that NĐ 356/2025/NĐ-CP, Đ.5 gives for erasure."""

ERASURE = _("I ask that all my personal data be erased.")

YES = Offer("erase:yes", _("Yes, erase my data"))
NO = Offer("erase:no", _("No, keep them"))


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
        _("- your messages for {days} days, so that they are answered", days=keeping.messages),
        _("- your tickets for {days} days after they end", days=keeping.tickets),
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
        _("We answer such a request within 2 working days."),
    )
    reply = turn.say(
        text,
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
    return _ask(turn, elsewhere=await _elsewhere(turn))


def _ask(turn: Turn, *before: Sayable, elsewhere: Sequence[Sayable] = ()) -> Reply:
    last = add_calendar_days(turn.office.commune.calendar, turn.now, ERASED_WITHIN)
    text = lines(
        *before,
        _("Do you want your personal data erased?"),
        _("An officer handles the request: you get an answer within 2 working days."),
        _("Erasure is done by {day} at the latest; counts without names remain.", day=last.date()),
        _("Tickets that are still open can then not be answered."),
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
    """File the request; it is about every channel that is joined, and names each."""
    asked = lines(ERASURE, *await _elsewhere(turn))
    words = ((questions.message_id(turn), say(asked, DEFAULT)),)
    request = Matter(kind=KIND, category=filing.ELSE, words=words)
    # What is written next is about something else: a request for erasure gathers nothing.
    filed = await filing.file(turn, request)
    return replace(filed.also(KeepPhone("")), step="", data={})


@router.event(Kind.WITHDRAWN)
async def withdrawn(turn: Turn) -> Reply:
    """Take the platform's word that a person wants their data deleted; it needs no confirmation."""
    open_requests = [
        ticket for ticket in await joined.tickets(turn) if ticket.kind == KIND and ticket.is_open
    ]
    return turn.quiet() if open_requests else await _request(turn)
