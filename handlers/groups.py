"""Group chats of officials: what the bot says when it is taken in, and the group's own number."""

from handlers.routing import Reply, Router, Turn
from messages.text import Text, _, lines

router = Router()


def taken_in(turn: Turn) -> Reply:
    """Greet a group that took the bot in, with the number under which it can be given cards."""
    return turn.say(
        lines(
            _(
                "Hello. I am the automatic assistant of {office}.",
                office=turn.office.commune.office,
            ),
            _("Officers may use their commands here; citizens' words stay out of groups."),
            *_number(turn),
        )
    )


@router.command("nhom", "group", roles=("admin",))
async def number(turn: Turn) -> Reply:
    """Tell an administrator the number of the group, and of the topic, they write in."""
    if not turn.message.group:
        return turn.say(_("Please send /nhom in the group, or in the topic, that is meant."))
    return turn.say(lines(*_number(turn)))


def _number(turn: Turn) -> tuple[Text, ...]:
    return (
        _("The number of this place: {number}", number=turn.message.group),
        _("To get a unit's new tickets here, write it into commune.toml as telegram_group."),
    )
