"""How a person makes two channels one: a code shown on one and typed on the other."""

from handlers import questions, roles
from handlers.questions import MENU
from handlers.routing import Reply, Router, Turn
from messages.codes import invite_code
from messages.text import Sayable, Text, _, lines
from storage.joining import CODE_LASTS, MOST, GiveJoinCode, Join, JoinCode, Part
from storage.outbox import Draft, Offer, Purpose, Recipient
from storage.people import WrongTry

router = Router()

CODE_LENGTH = 8
CHANNELS: dict[str, Text] = {
    "web": _("the commune's web page"),
    "zalo": _("Zalo"),
    "telegram": _("Telegram"),
}
"""What a channel is called in a sentence."""

PART = Offer("/golienket", _("Take them apart again"))


@router.command("lienket", "link", takes=r"[0-9A-Z]{4}[-\s]?[0-9A-Z]{4}")
async def link(turn: Turn) -> Reply:
    """Show a code, or take the one of the other channel: `/lienket [CODE]`."""
    if turn.message.group:
        alone = _("Please write this to me alone, not in a group.")
        return questions.reminded(turn, turn.say(alone))
    if not turn.words.strip():
        return questions.reminded(turn, await _show(turn))
    if (refused := await roles.too_many_tries(turn)) is not None:
        return questions.reminded(turn, refused)
    read = invite_code(turn.words)
    code = await turn.read.join_code(read, turn.now) if read else None
    reply = await _taken(turn, code) if code else _unknown(turn).also(WrongTry())
    return questions.reminded(turn, reply)


@router.first
async def bare(turn: Turn) -> Reply | None:
    """Take a message that is nothing but a valid code; None where it is none."""
    return await told(turn, turn.message.text)


async def told(turn: Turn, text: str) -> Reply | None:
    """Take a text that may be a code for joining; None where it is none or may not be tried."""
    read = invite_code(text)
    if not read or turn.message.attachments or turn.message.group:
        return None
    if await turn.read.tries_again_at(turn.person.id, turn.now) is not None:
        return None
    code = await turn.read.join_code(read, turn.now)
    return questions.reminded(turn, await _taken(turn, code)) if code else None


async def _show(turn: Turn) -> Reply:
    code = turn.chance.letters(CODE_LENGTH)
    elsewhere = [CHANNELS[one] for one in turn.office.channels if one != turn.person.channel]
    text = lines(
        _("Code for joining: {code}", code=f"{code[:4]}-{code[4:]}"),
        _(
            "Send it within {minutes} minutes on your other channel: it works once.",
            minutes=int(CODE_LASTS.total_seconds() // 60),
        ),
        *(_("- {channel}", channel=channel) for channel in elsewhere),
        "",
        _("Both then show the same tickets, and we answer where you wrote last."),
        _("Please give the code to nobody: whoever has it reads your tickets."),
    )
    return turn.say(text, MENU, effects=(GiveJoinCode(code),))


def _unknown(turn: Turn) -> Reply:
    return turn.say(
        lines(
            _("This code is not valid. It works once, for a few minutes."),
            _("Please send /lienket on your other channel to have a new one."),
        ),
        MENU,
    )


async def _taken(turn: Turn, code: JoinCode) -> Reply:
    """Join the two, and tell both."""
    mine = await turn.read.addresses(turn.person.id)
    if code.person_id == turn.person.id:
        return turn.say(_("This code is meant for your other channel: please send it there."), MENU)
    if code.person_id in {one.id for one in mine}:
        return turn.say(_("These channels are joined already."), MENU)
    theirs = await turn.read.addresses(code.person_id)
    if len(mine) + len(theirs) > MOST:
        return turn.say(_("Not more than {n} channels can be joined.", n=MOST), MENU)
    other = next(one for one in theirs if one.id == code.person_id)
    told = _letter(other, _joined(turn.person.channel), PART)
    return turn.say(_joined(other.to.channel), PART, MENU, effects=(Join(code),)).and_tell(told)


def _joined(channel: str) -> Sayable:
    return lines(
        _("This channel and yours on {channel} are joined now.", channel=CHANNELS[channel]),
        _("/phieu shows the tickets of both, and we answer where you wrote last."),
        _("If this was not you, please send /golienket at once."),
    )


def _letter(to: Recipient, text: Sayable, *offers: Offer) -> Draft:
    return Draft(to, text, offers, purpose=Purpose.REPLY, restart=False)


@router.command("golienket", "unlink")
async def part(turn: Turn) -> Reply:
    """Take this channel out of those it is joined to."""
    found = await turn.read.addresses(turn.person.id)
    others = [one for one in found if one.id != turn.person.id]
    if not others:
        text = _("This channel is joined to no other.")
        return questions.reminded(turn, turn.say(text, Offer("/lienket", _("Join one")), MENU))
    told = _("Your channel on {channel} was taken out.", channel=CHANNELS[turn.person.channel])
    reply = turn.say(
        lines(
            _("This channel stands alone again."),
            _("Each channel shows only the tickets that were sent on it."),
        ),
        MENU,
        effects=(Part(),),
    )
    return questions.reminded(turn, reply).and_tell(*(_letter(one, told) for one in others))
