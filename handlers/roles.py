"""How a person becomes an official: an invitation code, which serves once."""

from handlers.components import STAFF
from handlers.evidence_gaps import remind
from handlers.routing import Offer, Reply, Router, Turn
from messages.codes import invite_code
from messages.text import Sayable, Text, _, lines
from storage.people import Person, UseInvite, WrongTry
from storage.people_reader import Invitation
from storage.work import Effect

router = Router()

ROLES = {
    "officer": _("an officer"),
    "staff": _("a member of staff"),
    "leader": _("a leader"),
    "admin": _("an administrator"),
    "village": _("a village head"),
}

COMMANDS: dict[str, tuple[Text, ...]] = {
    "officer": (
        _("/truc on, /truc off: go on or off duty"),
        _("/viec: what is to be done"),
        _("/desk: the same in a browser"),
        _("/nhan CODE: take a ticket"),
        _("/traloi CODE text: answer"),
        _("/hoi CODE text: ask the citizen back"),
        _("/chuyen CODE: forward to another unit"),
        _("/tuchoi CODE: refuse, with a reason"),
        _("/ghichu CODE text: internal note"),
        _("/nguoigui CODE: who brought a ticket that was forwarded to you"),
        _("/tra CODE: give back to your unit"),
        _("/linhvuc CODE: change the category"),
        _("/mucdo CODE: urgent, complex or ordinary"),
        _("/mau CODE: answer in the commune's words"),
        _("/trung CODE CODE2: join a ticket to another"),
        _("/pakn CODE: enter as feedback on an administrative rule"),
        _("/lichtruc: the roster; /bangiao: leave a note for whoever is next"),
        _("/ghinhan: write down what came by hotline, letter box or counter"),
        _("/hoidap: questions that no guide answered"),
        _("/hosodenhan: dossiers that fall due; /xinloi: the letter for a late one"),
    ),
    "staff": (
        _("/report: counts and scores of a period, for example /report 2026-H1"),
        _("/nhaphoso: import the one-stop system's export"),
        _("/quetma: how often guides were scanned and shown, and where"),
        _("/minhchung: file evidence for a component"),
        _("/minhchung thieu: what has no evidence yet"),
        _("/tucham: decide the score of a component"),
        _("/nhiemvu: the tasks of the next period"),
        _("/baocaothang: the short report of a month"),
        _("/thu: draft letters; /sothu: their register"),
        _("/phieugiay: enter a survey from paper; /ketqua: results of surveys"),
        _("/hodan: enter a list of households; /uoctinh: how many have the app"),
        _("/dssangkien: citizens' initiatives; /loicamon: thanks"),
        _("/lichtruc: the roster, and how to write it"),
        _("/thongbao: notices to many; /lichtuan, /lichtiepdan and the text: publish the week"),
    ),
    "village": (_("/hodan: enter a list of households; /uoctinh: how many have the app"),),
}
"""Role → what it lets a person write. A leader has what staff have, an administrator all."""

COMMANDS["leader"] = (
    *COMMANDS["staff"],
    _("/duyetxinloi: approve letters of apology"),
    _("/duyet CODE: approve an answer; /sualai CODE: give it back"),
    _("/bantin: morning and weekly news of the desk"),
)
COMMANDS["admin"] = (
    *COMMANDS["officer"],
    *COMMANDS["leader"],
    _("/nhom: the number of the Telegram group it is sent in"),
)

ON_DUTY = frozenset({"officer", "admin"})
"""Roles that may be on duty."""


def commands(person: Person) -> tuple[Sayable, ...]:
    """List what an official may write beside what everybody may; nothing for a citizen."""
    known = dict.fromkeys(one for role in COMMANDS if person.has(role) for one in COMMANDS[role])
    return (_("For officials:"), *known, "") if known else ()


async def redeem(turn: Turn, code: str) -> Reply:
    """Take an invitation code that the person gave as such (`/start CODE`).

    A code that is wrong, used or lapsed gets the same answer, so that nothing can be learnt from
    it. After five wrong ones in an hour no code is looked at.
    """
    if (refused := await too_many_tries(turn)) is not None:
        return refused
    read = invite_code(code)
    invitation = await turn.read.invitation(read, turn.now) if read else None
    return _welcome(turn, invitation) if invitation else _unknown(turn).also(WrongTry())


@router.first
async def bare(turn: Turn) -> Reply | None:
    """Take a message that is nothing but a valid invitation code.

    None where it is none: eight letters may be a word, a name or a date, and go on to whoever would
    take them. Written like a code, without an awaited step, it is answered as a wrong one.
    """
    code = invite_code(turn.message.text)
    if not code or turn.message.attachments:
        return None
    like_a_code = _is_like_a_code(turn.message.text) and not turn.person.step
    if (refused := await too_many_tries(turn)) is not None:
        return refused if like_a_code else None
    invitation = await turn.read.invitation(code, turn.now)
    if invitation is not None:
        return _welcome(turn, invitation)
    return _unknown(turn).also(WrongTry()) if like_a_code else None


def _is_like_a_code(text: str) -> bool:
    """Tell a code from a word: in capitals, or with letters and digits mixed, in one piece."""
    text = text.strip()
    mixed = any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    return " " not in text and (mixed or text.isupper())


async def too_many_tries(turn: Turn) -> Reply | None:
    """Refuse whoever tried too many wrong codes in the last hour; None where they may try."""
    again_at = await turn.read.tries_again_at(turn.person.id, turn.now)
    if again_at is None:
        return None
    return turn.say(
        lines(
            _("There were too many wrong codes."),
            _("Please try again after {time}.", time=again_at),
        )
    )


def _unknown(turn: Turn) -> Reply:
    return turn.say(
        lines(
            _("This code is not valid. An invitation lasts 48 hours and works once."),
            _("Please ask the person who invited you for a new one."),
        ),
        Offer("/menu", _("Menu")),
    )


def _welcome(turn: Turn, invitation: Invitation) -> Reply:
    role = invitation.role
    parts: list[Sayable] = [
        _("Welcome, {name}. You are {role} now.", name=invitation.name, role=ROLES[role])
    ]
    unit = turn.office.commune.unit(invitation.unit)
    if unit is not None:
        parts.append(_("Unit: {unit}", unit=unit.name))
    parts += [_("You can write:"), *COMMANDS[role]]
    offers: tuple[Offer, ...] = (Offer("/report", _("Report")),)
    if role in ON_DUTY:
        parts += ["", _("You are off duty until you send /truc on.")]
        offers = (Offer("/truc on", _("Go on duty")), Offer("/viec", _("My work")))
    effects: tuple[Effect, ...] = (UseInvite(invitation.code_hash),)
    if role in STAFF:
        effects += (remind(turn),)
    return turn.end(lines(*parts), *offers, effects=effects)
