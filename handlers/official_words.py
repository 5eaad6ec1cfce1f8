"""What an official writes is asked for a denunciation too: quoted in a note it would be kept.

Who brings a denunciation is secret (Luật Tố cáo 25/2018/QH14, Đ.8), so that its words stay nowhere,
whoever types them. An official who wrote no such thing says so and writes it again.
"""

from collections.abc import Mapping

from handlers import redirect
from handlers.routing import Offer, Reply, Step, Turn
from messages.text import _, lines
from storage.evidence import WITHHELD, Evidence

CLEARED = Offer("words:cleared", _("It is none: I write it again"))

NOT_ONE = "cleared"
"""In the data of a step: that the official said that it is no denunciation."""


def stop(turn: Turn, text: str, then: Step, data: Mapping[str, str]) -> Reply | None:
    """Give the reply to words that denounce somebody, None where they may be taken.

    Args:
        turn: of an official.
        text: what they wrote, about to be kept or sent.
        then: the step that takes the words when they are written again.
        data: of that step; what was said of words about one code holds for no other.
    """
    is_the_same = turn.data.get("code", "") == data.get("code", "")
    if turn.data.get(NOT_ONE) and turn.person.step == then.name and is_the_same:
        return None
    if not redirect.quoted(text):
        return None
    direction = turn.office.commune.directions.denunciation
    told = lines(
        _("This reads like: {title}. Nothing of it was kept.", title=direction.title),
        _("Nobody may keep the words of a denunciation here, in a note or an answer neither."),
        _("Where: {place}", place=direction.place),
        "",
        _("If it is none, press the button and write it again. Send /huy to leave it."),
    )
    return turn.ask(told, CLEARED, then=then, data=data).also(Evidence(WITHHELD))


def kept(turn: Turn) -> dict[str, str]:
    """Give what a step keeps of it when it asks again: that the official said it is none."""
    pressed = turn.message.choice == CLEARED.key
    return {NOT_ONE: "yes"} if pressed or turn.data.get(NOT_ONE) else {}
