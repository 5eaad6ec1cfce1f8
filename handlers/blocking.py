"""Whose messages are not taken for some days: a leader decides it, twice, and says why.

It costs nothing to enforce: until when stands in the row of the person, which is read with each of
their messages. Whoever is shut out still gets the numbers of an emergency, and keeps their rights
over their data (Luật 91/2025/QH15, Đ.4).
"""

import re
from datetime import timedelta

from handlers import official_words, questions, redirect
from handlers.cards import SOURCES
from handlers.desk_ticket import CODE_AND_WORDS, addressed
from handlers.routing import Offer, Reply, Router, Turn
from handlers.spelling import spelled
from handlers.understanding import is_emergency
from messages.envelope import Kind
from messages.text import Sayable, _, lines
from storage.outbox import Draft
from storage.people import Block
from storage.tickets import Event, Note, Ticket

router = Router()

LEADS = ("leader",)

MOST_DAYS = 30

_OF_RIGHTS = (
    "riengtu privacy dulieu mydata xoadulieu erase quyendulieu datarights suaten correctname "
    "suadulieu correctdata capdulieu accessdata hanchedulieu restrictdata ngungnhan unsubscribe "
    "huy cancel"
)
RIGHTS = frozenset(_OF_RIGHTS.split())
"""Words that are taken of everybody, whoever is shut out."""

RIGHTS_STEPS = ("privacy.", "drafting.")
"""Steps to which those words lead."""

YES = Offer("block:yes", _("Yes, for these days"))
NO = Offer("block:no", _("No, leave it"))

_DAYS_AND_WHY = re.compile(r"(\d{1,2})\s+(\S.*)", re.DOTALL)


@router.door
async def shut(turn: Turn) -> Reply | None:
    """Take nothing of who is shut out, but what nobody may be kept from; None for all others."""
    until, message = turn.person.blocked_until, turn.message
    if until is None or turn.now >= until or turn.person.roles:
        return None
    if message.kind not in {Kind.MESSAGE, Kind.EDIT}:
        return None
    text = message.choice or message.text
    if any(name in RIGHTS for name, _rest, _n in spelled(text)):
        return None
    if turn.person.step.startswith(RIGHTS_STEPS):
        return None
    if is_emergency(message.text):
        return Reply((redirect.numbers(turn),), effects=(redirect.CALLED_FOR_HELP,))
    return turn.quiet()


@router.command("chan", "block", takes=CODE_AND_WORDS, apart=False, alone=False, roles=LEADS)
async def begin(turn: Turn) -> Reply:
    """Ask once more whether somebody is shut out: `/chan CODE DAYS why`."""
    code, rest = addressed(turn.words)
    told = _DAYS_AND_WHY.fullmatch(rest)
    if not code or told is None or not 1 <= int(told[1]) <= MOST_DAYS:
        return _how(turn)
    found = await _whose(turn, code)
    if isinstance(found, Reply):
        return found
    why = told[2].strip()
    longest = turn.office.commune.limits.comment
    if len(why) > longest:
        return turn.end(questions.too_long(longest))
    data = {"code": code, "days": told[1], "why": why}
    return official_words.stop(turn, why, confirm, data) or _ask(turn, data)


def _how(turn: Turn) -> Reply:
    text = _(
        "Whose messages should not be taken, for how many days, and why? {example}",
        example="/chan PA2611-7K3M 3 Quảng cáo",
    )
    return turn.end(text)


def _ask(turn: Turn, data: dict[str, str]) -> Reply:
    text = lines(
        _(
            "Take no messages of who brought ticket {code} for {n} days?",
            code=data["code"],
            n=int(data["days"]),
        ),
        _("They are told the reason: {why}", why=data["why"]),
        _("Emergencies and their rights over their data stay open to them."),
    )
    return turn.ask(text, YES, NO, then=confirm, data=data)


@router.step
async def confirm(turn: Turn) -> Reply:
    """Take the second confirmation."""
    if not turn.person.has(*LEADS):
        return turn.end(_("The question that waited is dropped."), questions.MENU)
    data, typed = dict(turn.data), turn.message.text.strip()
    if turn.message.choice == official_words.CLEARED.key:
        return _how(turn)
    if turn.message.choice == NO.key or questions.says_no(typed):
        return turn.end(_("Good. Nothing was changed."), questions.MENU)
    if turn.message.choice != YES.key and not questions.says_yes(typed):
        return _ask(turn, data)
    found = await _whose(turn, data["code"])
    if isinstance(found, Reply):
        return found
    until = turn.now + timedelta(days=int(data["days"]))
    code, why = found.code, data["why"]
    told = lines(
        _("Until {until} we take no messages of yours here. Reason: {why}", until=until, why=why),
        _("You can still come or call. For your data send /quyendulieu."),
    )
    reply = turn.end(
        _("Until {until} nothing is taken of who brought ticket {code}.", until=until, code=code),
        effects=(
            Block(tuple(sorted(await _everybody(turn, found))), until),
            Note(found, Event.NOTED, why),
        ),
    )
    return reply.and_tell(await _letter(turn, found, told))


@router.command("bochan", "unblock", takes=CODE_AND_WORDS, apart=False, alone=False, roles=LEADS)
async def end(turn: Turn) -> Reply:
    """Take somebody's messages again: `/bochan CODE`."""
    code, _rest = addressed(turn.words)
    found = await _whose(turn, code) if code else _how(turn)
    if isinstance(found, Reply):
        return found
    people = tuple(sorted(await _everybody(turn, found)))
    told = _("Messages of who brought ticket {code} are taken again.", code=found.code)
    reply = turn.end(told, effects=(Block(people, None),))
    return reply.and_tell(await _letter(turn, found, _("Your messages are taken here again.")))


async def _letter(turn: Turn, ticket: Ticket, text: Sayable) -> Draft:
    return Draft(await turn.read.recipient(ticket.person_id), text)


async def _everybody(turn: Turn, ticket: Ticket) -> set[int]:
    return {one.id for one in await turn.read.addresses(ticket.person_id)}


async def _whose(turn: Turn, code: str) -> Ticket | Reply:
    """Find the ticket of somebody who may be shut out, else say why not."""
    ticket = await turn.read.ticket(code)
    if ticket is None:
        return turn.end(_("There is no ticket {code}.", code=code))
    if ticket.source in SOURCES:
        return turn.end(_("Nobody wrote ticket {code} here who could be shut out.", code=code))
    if await turn.read.holds_role(frozenset(await _everybody(turn, ticket))):
        return turn.end(_("An official cannot be shut out: end their role instead."))
    return ticket
