"""A telephone number that a person leaves, so that they can be reached where no message may go."""

import re
from typing import Final

from handlers import cards, questions, redirect
from handlers.questions import CANCEL, MENU
from handlers.routing import Reply, Router, Turn
from messages.envelope import AttachmentKind
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence
from storage.outbox import Offer
from storage.people import KeepPhone
from storage.tickets import Ticket

router = Router()

MOBILE: Final = re.compile(r"(?:\+?84|0)([35789]\d{8})")
"""A mobile number of Viet Nam: other numbers get no messages (Zalo's templates ask for 84…)."""

SPACES: Final = re.compile(r"[\s.()-]+")
LONGEST: Final = 200
"""Characters of what can be an answer here."""

FORGET: Final = ("xoa", "bo", "huy", "delete", "remove", "off")

YES = Offer("phone:yes", _("Yes, it is mine"))
NO = Offer("phone:no", _("No"))


def mobile(written: str) -> str:
    """Give a number as 84…, "" where it is no mobile number of Viet Nam."""
    found = MOBILE.fullmatch(SPACES.sub("", written))
    return f"84{found[1]}" if found else ""


def shown(phone: str) -> str:
    """Give a number as people write it: 0912 345 678."""
    home = "0" + phone.removeprefix("84")
    return f"{home[:4]} {home[4:7]} {home[7:]}"


@router.command(
    "sodienthoai",
    "sdt",
    "dienthoai",
    "phone",
    takes=r"\+?[\d .()-]{9,16}|xo[aá]",
    alone=False,
)
async def begin(turn: Turn) -> Reply:
    """Keep the number that follows, delete the one that is kept, or ask for one."""
    words = turn.words.strip()
    if fold(words) in FORGET:
        return turn.say(
            _("Your telephone number is deleted."),
            MENU,
            effects=(KeepPhone(""), Evidence("data.corrected")),
        )
    if phone := mobile(words):
        return _keep(turn, phone)
    if questions.is_busy(turn) and turn.person.step != number.name:
        return turn.say(_("Please finish what you are writing first, or send /huy to drop it."))
    return _ask(turn, _not_one() if words else None)


def _ask(turn: Turn, before: Text | None = None) -> Reply:
    text = lines(
        before,
        _("Which telephone number may we reach you at?"),
        _("Send it here, for example 09xx xxx xxx, or share it by the button."),
        _(
            "We use it only to reach you about your tickets when a message cannot. "
            "/sodienthoai xoa deletes it."
        ),
    )
    return turn.ask(text, CANCEL, MENU, then=number, data={}, ask="contact")


def _not_one() -> Text:
    return _("That is no mobile number of Viet Nam: it has ten digits and begins with 0.")


@router.step
async def number(turn: Turn) -> Reply:
    """Take the number, typed or shared."""
    text = turn.message.text.strip()
    if phone := _shared(turn) or mobile(text):
        return _keep(turn, phone)
    if questions.says_no(text):
        return turn.end(_("Good. No number is kept."), MENU)
    away = redirect.unusable(turn, LONGEST, lambda wrong: _ask(turn, wrong))
    return away or _ask(turn, _not_one())


def _keep(turn: Turn, phone: str) -> Reply:
    text = lines(
        _("Thank you. We reach you at {phone} where a message cannot.", phone=shown(phone)),
        _("To delete it send: /sodienthoai xoa"),
    )
    effects = (KeepPhone(phone), Evidence("contact.given"))
    if questions.is_busy(turn) and turn.person.step not in {number.name, mine.name}:
        return questions.reminded(turn, turn.say(text, effects=effects))
    return turn.end(text, MENU, effects=effects)


def _shared(turn: Turn) -> str:
    """Give the number on a card that came with a message."""
    cards_ = (one for one in turn.message.attachments if one.kind is AttachmentKind.CONTACT)
    return next((phone for card in cards_ if (phone := mobile(card.phone))), "")


@router.first
async def card(turn: Turn) -> Reply | None:
    """Ask whose number it is that came by itself; None where none came, or it was asked for."""
    phone = _shared(turn)
    if not phone or turn.message.text.strip() or turn.person.step in {number.name, mine.name}:
        return None
    if questions.is_busy(turn):
        return None
    return _whose(turn, phone)


def _whose(turn: Turn, phone: str, *before: Sayable) -> Reply:
    text = lines(
        *before,
        _("Is {phone} your own number, and may we reach you there?", phone=shown(phone)),
        _("We use it only to reach you about your tickets when a message cannot."),
    )
    return turn.ask(text, YES, NO, MENU, then=mine, data={"phone": phone})


@router.step
async def mine(turn: Turn) -> Reply:
    """Take the yes or no to a number that came by itself."""
    text, phone = turn.message.text.strip(), turn.data.get("phone", "")
    if turn.message.choice == YES.key or (not turn.message.choice and questions.says_yes(text)):
        return _keep(turn, phone)
    if turn.message.choice == NO.key or questions.says_no(text):
        return turn.end(_("Good. No number is kept."), MENU)
    if another := _shared(turn):
        return _whose(turn, another)
    away = redirect.unusable(turn, LONGEST, lambda wrong: _whose(turn, phone, wrong))
    return away or _whose(turn, phone, _("Please answer yes or no."))


async def told(turn: Turn, ticket: Ticket) -> Text | None:
    """Tell an official the number of who brought a ticket, None where none is to be told."""
    if ticket.anonymous or ticket.source in cards.SOURCES:
        return None
    for one in await turn.read.addresses(ticket.person_id):
        if phone := await turn.read.phone_of(one.id):
            return _("Telephone: {phone}", phone=shown(phone))
    return None
