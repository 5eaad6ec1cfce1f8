"""Files that the platform does not give out: the person is told at once, in one sentence each."""

from handlers import questions
from handlers.routing import Reply, Router, Turn
from messages.envelope import Attachment
from messages.text import Text, _, lines
from storage.evidence import Evidence

router = Router()

MB = 1 << 20


@router.first
async def alone(turn: Turn) -> Reply | None:
    """Answer a message that is nothing but a file too large; what was asked still waits."""
    message = turn.message
    refused = _refused(turn)
    if not refused or message.text.strip() or message.choice or questions.files(turn):
        return None
    if message.group and not message.reply_to:
        return None
    return turn.say(lines(*map(_told, refused), _ADVICE))


@router.after
def beside(turn: Turn, reply: Reply) -> Reply:
    """Tell of a file too large beside the answer to the rest of the message."""
    refused = _refused(turn)
    mine = [letter for letter in reply.letters if letter.to.id == turn.person.id]
    if not refused or not mine or not (turn.message.text.strip() or questions.files(turn)):
        return reply
    if any(isinstance(one, Evidence) and one.anonymous for one in reply.effects):
        # Of a denunciation nothing is kept, not even how its file is called.
        return reply
    return reply.and_tell(turn.letter(lines(*map(_told, refused), _ADVICE)))


_ADVICE = _("Please send a smaller file or a shorter recording.")


def _refused(turn: Turn) -> tuple[Attachment, ...]:
    return tuple(one for one in turn.message.attachments if one.most and not one.ref)


def _told(file: Attachment) -> Text:
    size, most = -(-file.size // MB), file.most // MB
    if file.name:
        return _(
            "The file {name} is too large: it has {size} MB, and we can take {most} MB at most.",
            name=questions.short(file.name),
            size=size,
            most=most,
        )
    return _(
        "Your file is too large: it has {size} MB, and we can take {most} MB at most.",
        size=size,
        most=most,
    )
