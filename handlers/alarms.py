"""What administrators are told of the service itself."""

from handlers.routing import Reply, Router, Turn
from messages.envelope import Kind
from messages.text import _, lines

router = Router()

NAMES = {"telegram": "Telegram", "zalo": "Zalo", "web": "Web"}


@router.event(Kind.TIMER, "trouble")
async def trouble(turn: Turn) -> Reply:
    """Tell an administrator that a channel has not worked for a while."""
    if not turn.person.has("admin"):
        return turn.quiet()
    channel, _blank, why = turn.message.payload.partition(" ")
    return turn.say(
        lines(
            _("{channel} is not working, and has not been for a while.", channel=_name(channel)),
            _("Reason: {reason}", reason=why) if why else None,
            _("Citizens' messages may not arrive. Please ask the technical staff to run doctor."),
        )
    )


def _name(channel: str) -> str:
    return NAMES.get(channel, channel)
