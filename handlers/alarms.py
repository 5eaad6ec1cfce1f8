"""What the administrators hear without asking: that a platform does not let us in any more."""

from handlers.routing import Reply, Router, Turn
from messages.envelope import Kind
from messages.text import Text, _, lines

router = Router()


@router.event(Kind.TIMER, "alarm")
async def alarm(turn: Turn) -> Reply:
    """Tell an administrator of a trouble, and what to do about it."""
    subject, _space, told = turn.message.payload.partition(" ")
    if not turn.person.has("admin"):
        return turn.quiet()
    sentences = SENTENCES.get(subject) or _silent(subject)
    reason = _("What the platform said: {reason}", reason=told) if told else None
    # No choices: they would take the numbers of a question that is being asked.
    return turn.say(lines(*sentences, reason))


def _silent(channel: str) -> tuple[Text, ...]:
    return (
        _("{channel} is not working, and has not been for a while.", channel=_name(channel)),
        _("Citizens' messages may not arrive. Please ask the technical staff to run doctor."),
    )


def _name(channel: str) -> str:
    return NAMES.get(channel, channel)


NAMES = {"telegram": "Telegram", "zalo": "Zalo", "web": "Web"}


SENTENCES: dict[str, tuple[Text, ...]] = {
    "zalo-consent": (
        _("Zalo does not let the service in: the account's administrator has to agree again."),
        _("Until then letters to people on Zalo wait; what they write is still received."),
        _("On the server run: python -m bot zalo connect"),
    ),
    "zalo-refused": (
        _("Zalo takes no letters from us until something is put right in its console."),
        _("The letters wait and go out by themselves then."),
        _("On the server run: python -m bot doctor"),
    ),
}
"""Subject of an alarm → what it means and what to do."""
