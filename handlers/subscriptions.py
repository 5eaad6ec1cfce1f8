"""What a person wants to be sent: each topic needs their own yes, a no is one word."""

import hashlib
from collections.abc import Mapping

from handlers import joined, questions
from handlers.office import Office
from handlers.questions import MENU
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import DEFAULT, say
from messages.text import Spoken, Text, _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence
from storage.notices import Subscribe
from storage.work import Effect

router = Router()

NOTICES, GREETINGS, SURVEYS, CALENDAR = "thongbao", "loichuc", "khaosat", "lich"

ALWAYS: Mapping[str, Text] = {
    NOTICES: _("Notices of the commune"),
    GREETINGS: _("Greetings on holidays"),
    SURVEYS: _("Invitations to surveys"),
    CALENDAR: _("Weekly calendar and reception"),
}
"""Topics that every commune has."""

VILLAGE = "thon"
"""How the topic of a village begins; its place in the commune's list follows."""

AGREEING = _("What would you like to be told? As long as you say nothing we send nothing.")

TAKEN_BACK = Evidence("data.withdrawn")
"""That a yes was taken back at once: NĐ 356/2025/NĐ-CP, Đ.5 gives 15 days for it."""

ON, OFF = {"on", "bat", "co"}, {"off", "tat", "khong"}


def topics(office: Office) -> dict[str, Text | Spoken | str]:
    """Give all topics, id and title."""
    commune = office.commune
    return {
        **ALWAYS,
        **{topic.id: topic.title for topic in commune.topics},
        **{f"{VILLAGE}{n}": name for n, name in enumerate(commune.villages, start=1)},
    }


@router.command("theodoi", "follow", takes=r"\w+(?:\s+\w+)?")
async def follow(turn: Turn) -> Reply:
    """Show what one follows; `/theodoi TOPIC [on|off]` changes it."""
    wanted, _space, word = turn.words.strip().partition(" ")
    known = topics(turn.office)
    topic = fold(wanted)
    own = await turn.read.notices.topics_of(sorted(await joined.ids(turn)))
    if topic not in known:
        return questions.reminded(turn, _shown(turn, own, None))
    yes = fold(word) in ON if fold(word) in ON | OFF else topic not in own
    people = tuple(sorted(await joined.ids(turn)))
    changed = own | {topic} if yes else own - {topic}
    told = (
        _("You follow now: {title}", title=known[topic])
        if yes
        else _("You do not follow any more: {title}", title=known[topic])
    )
    reply = _shown(turn, frozenset(changed), told)
    changes: tuple[Effect, ...] = (Subscribe(topic, yes, people, version(turn, topic)),)
    if not yes:
        changes = (*changes, TAKEN_BACK)
    return questions.reminded(turn, reply.also(*changes))


def _shown(turn: Turn, own: frozenset[str], before: Text | None) -> Reply:
    known = topics(turn.office)
    text = lines(
        before,
        AGREEING,
        *(
            _("✓ {title}", title=title) if topic in own else _("– {title}", title=title)
            for topic, title in known.items()
        ),
        _("Choose one to change it. /ngungnhan stops everything."),
    )
    offers = (
        Offer(f"/theodoi {topic}", questions.short(_said(turn, title)))
        for topic, title in known.items()
    )
    return turn.say(text, *offers, MENU)


def version(turn: Turn, topic: str) -> str:
    """Name the text by which a topic is agreed to: it changes where the commune's words do."""
    office = turn.office
    shown = "\n".join(
        say(one, DEFAULT) if isinstance(one, Text) else str(one)
        for one in (AGREEING, topics(office)[topic], office.commune.privacy.line)
    )
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def _said(turn: Turn, title: Text | Spoken | str) -> str:
    return say(title, turn.language)


@router.command("ngungnhan", "unsubscribe", takes=r"\w+")
async def stop(turn: Turn) -> Reply:
    """Stop a topic, or all: `/ngungnhan [TOPIC]`."""
    topic = fold(turn.words)
    known = topics(turn.office)
    people = tuple(sorted(await joined.ids(turn)))
    if topic in known:
        told = _("You do not follow any more: {title}", title=known[topic])
        reply = turn.say(told, Offer("/theodoi", _("What I follow")), MENU)
        stopped = (Subscribe(topic, yes=False, people=people), TAKEN_BACK)
        return questions.reminded(turn, reply.also(*stopped))
    told = _("We send you no notices, greetings or surveys any more.")
    reply = turn.say(told, Offer("/theodoi", _("What I follow")), MENU)
    stopped = (Subscribe("", yes=False, people=people), TAKEN_BACK)
    return questions.reminded(turn, reply.also(*stopped))
