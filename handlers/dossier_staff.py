"""Staff send the one-stop system's export to the chat: looked at first, imported on their yes."""

import re

from handlers import questions
from handlers.questions import MENU
from handlers.routing import Reply, Router, Turn
from messages.envelope import Attachment, AttachmentKind, Kind
from messages.text import _, lines
from storage.dossiers_files import ConfirmFile, ReadFile, Sent
from storage.outbox import Offer

router = Router()

STAFF = ("staff", "leader")
TABLE = re.compile(r"\.(?:xlsx|xlsm|xls|csv|ods|txt)$", re.IGNORECASE)
"""Endings of what staff send as an export; one that cannot be read is refused with its reason."""

_NUMBER = re.compile(r"\d{1,12}")


@router.command("nhaphoso", "importdossiers", roles=STAFF)
async def begin(turn: Turn) -> Reply:
    """Ask for the export, take the one that came with the command, or import what was looked at."""
    file = _file(turn)
    if file is not None:
        return _look_at(turn, file)
    number, _space, gone_too = turn.words.strip().partition(" ")
    if _NUMBER.fullmatch(number):
        return await _confirmed(turn, int(number), gone_too=gone_too == "gone")
    text = lines(
        _("Please send the export of the one-stop system as a file (.xlsx, .xls or .csv)."),
        _("I tell you first what it would change; nothing is imported before your yes."),
    )
    last = await turn.read.dossiers.last_import()
    if last is not None:
        text = lines(text, _("The last import was at {moment}.", moment=last.as_of))
    return questions.reminded(turn, turn.say(text, MENU))


@router.first
async def sent(turn: Turn) -> Reply | None:
    """Take a table that a member of staff sends without a word; None for everybody else."""
    file = _file(turn)
    if file is None or turn.message.text.strip() or not turn.person.has(*STAFF):
        return None
    if turn.message.group or questions.is_busy(turn) or not TABLE.search(file.name):
        # What answers a question, such as evidence, is no export.
        return None
    return _look_at(turn, file)


def _file(turn: Turn) -> Attachment | None:
    return next((one for one in questions.files(turn) if one.kind is AttachmentKind.FILE), None)


def _look_at(turn: Turn, file: Attachment) -> Reply:
    text = _("I have the file and am looking at it. One moment, please.")
    return questions.reminded(turn, turn.say(text, effects=(ReadFile(Sent.EXPORT, file),)))


async def _confirmed(turn: Turn, file_id: int, *, gone_too: bool) -> Reply:
    if not await turn.read.following.export_waits(file_id, turn.person.id):
        text = _("This file does not wait for an import any more. Please send it once more.")
        return questions.reminded(turn, turn.say(text, MENU))
    text = _("I am importing the file. Everybody sees the new data at once when it is done.")
    effect = ConfirmFile(file_id, gone_too=gone_too)
    return questions.reminded(turn, turn.say(text, effects=(effect,)))


@router.event(Kind.TIMER, "export")
async def looked_at(turn: Turn) -> Reply:
    """Tell what a file would change, or has changed: number, what may be done, and the text."""
    number, _space, rest = turn.message.payload.partition(" ")
    may, _space, text = rest.partition(" ")
    if not turn.person.has(*STAFF):
        return turn.quiet()
    offers: tuple[Offer, ...] = ()
    if may == "import":
        offers = (Offer(f"/nhaphoso {number}", _("Import it")),)
    elif may == "gone":
        offers = (Offer(f"/nhaphoso {number} gone", _("Import, they are gone")),)
    return turn.say(text, *offers)
