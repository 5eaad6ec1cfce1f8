"""Notices to many: drafted, shown to oneself, confirmed by the number of people, approved."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from handlers import notice_sending, official_words, questions
from handlers.letter_drafting import LEADER, STAFF
from handlers.notice_sending import END, TIMER, WINDOWS, after_quiet, body, progress, title
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from handlers.subscriptions import GREETINGS, topics
from messages.codes import ALPHABET
from messages.languages import ZONE, say
from messages.text import Sayable, Text, _, lines, ngettext
from messages.vietnamese import fold
from storage.notices import (
    DecideNotice,
    DraftNotice,
    Notice,
    NoticeState,
    StopNotice,
)
from storage.outbox import Draft
from storage.timers import SetTimer

router = Router()
router.include(notice_sending.router)

CODE = rf"TB\d{{4}}-[{ALPHABET}]{{4}}"

LONGEST = 1500
"""Characters of a notice: with its last line it is one message on every channel."""

TWICE_WITHIN = timedelta(days=7)

KINDS: Final[Mapping[str, Text]] = {
    "notice": _("notice"),
    "greeting": _("greeting"),
    "calendar": _("calendar"),
}

STATES: Final[Mapping[NoticeState, Text]] = {
    NoticeState.DRAFT: _("waits for a leader"),
    NoticeState.APPROVED: _("is being sent"),
    NoticeState.ENDED: _("sent"),
    NoticeState.DECLINED: _("turned down"),
}

NOW = Offer("notice:now", _("As soon as it is approved"))

_WHEN = re.compile(
    r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})\s+"
    r"(?P<hour>\d{1,2})[:h](?P<minute>\d{2})"
)


@router.command("thongbao", "notices", takes=CODE, roles=STAFF)
async def home(turn: Turn) -> Reply:
    """Show the newest notices and begin one; `/thongbao CODE` shows how far one is."""
    code = turn.words.strip().upper()
    if code:
        notice = await turn.read.notices.one(code)
        if notice is None:
            return turn.end(_("There is no notice {code}.", code=code))
        return await _show(turn, notice)
    found = await turn.read.notices.newest()
    text = lines(
        _("Notices of the commune"),
        *(
            _("- {code}: {kind}, {state}", code=n.code, kind=KINDS[n.kind], state=STATES[n.state])
            for n in found
        ),
        _("They reach only those who have said yes to the topic."),
    )
    return turn.end(
        text,
        Offer("/soantin notice", _("Write a notice")),
        Offer("/soantin greeting", _("Write a greeting")),
        *(Offer(f"/thongbao {notice.code}", notice.code) for notice in found),
    )


async def _show(turn: Turn, notice: Notice) -> Reply:
    offers: tuple[Offer, ...] = ()
    if notice.state is NoticeState.DRAFT and turn.person.has(*LEADER):
        offers = _acts(notice.code)
    if notice.state is NoticeState.APPROVED:
        offers = (Offer(f"/dungtin {notice.code}", _("Stop it")),)
    text = lines(
        _("{code}: {state}", code=notice.code, state=STATES[notice.state]),
        _("To: {topic}", topic=title(turn.office, notice.audience)),
        *await progress(turn, notice),
        "",
        notice.text,
    )
    return turn.end(text, *offers, Offer("/thongbao", _("All notices")))


def _acts(code: str) -> tuple[Offer, ...]:
    return (
        Offer(f"/duyettin {code}", _("Approve {code}", code=code[-4:])),
        Offer(f"/tralaitin {code}", _("Turn down {code}", code=code[-4:])),
    )


@router.command("soantin", "draftnotice", takes=r"notice|greeting", roles=STAFF)
async def draft(turn: Turn) -> Reply:
    """Begin a notice: to whom?"""
    kind = "greeting" if turn.words.strip().lower() == "greeting" else "notice"
    return _ask_audience(turn, kind)


def _ask_audience(turn: Turn, kind: str, wrong: Text | None = None) -> Reply:
    found = topics(turn.office)
    if kind == "greeting":
        found = {GREETINGS: found.pop(GREETINGS), **found}
    offers = (
        Offer(f"topic:{one}", questions.short(say(title, turn.language)))
        for one, title in found.items()
    )
    text = lines(wrong, _("To whom? Each has only those who have said yes."))
    return turn.ask(text, *offers, then=audience, data={"kind": kind})


@router.step
async def audience(turn: Turn) -> Reply:
    """Take to whom it goes; a group without people is refused."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    kind = turn.data.get("kind", "notice")
    topic = turn.message.choice.removeprefix("topic:") or fold(turn.message.text.strip())
    if topic not in topics(turn.office):
        return _ask_audience(turn, kind, _("Please choose one of the answers."))
    people, _shut = await _reach(turn, topic)
    if not people:
        nobody = _("Nobody who follows this can be written to now; nothing would be sent.")
        return _ask_audience(turn, kind, nobody)
    return _ask_words(turn, {"kind": kind, "topic": topic})


async def _reach(turn: Turn, topic: str) -> tuple[int, dict[str, int]]:
    """Count who would get it, and by channel whom the platform shuts out."""
    found = await turn.read.notices.audience(topic, WINDOWS, turn.now)
    shut = {channel: out for channel, (_in, out) in found.items() if out}
    return sum(may for may, _out in found.values()), shut


def _ask_words(turn: Turn, data: Mapping[str, str], wrong: Text | None = None) -> Reply:
    text = lines(
        wrong,
        _("Please write the words, at most {longest} characters.", longest=LONGEST),
        _("Send /huy to leave it."),
    )
    return turn.ask(text, then=words, data=data)


@router.step
async def words(turn: Turn) -> Reply:
    """Take the words; a file, which not every channel takes, is refused."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    text, data = turn.message.text.strip(), {**turn.data, **official_words.kept(turn)}
    if turn.message.choice == official_words.CLEARED.key:
        return _ask_words(turn, data)
    wrong = questions.no_answer(turn, LONGEST)
    if turn.message.attachments:
        wrong = _("Not every channel takes this file: please write words, with a link to the file.")
    if wrong is not None or not text:
        return _ask_words(turn, data, wrong)
    if stopped := official_words.stop(turn, text, words, data):
        return stopped
    data.pop(official_words.NOT_ONE, None)
    same = await turn.read.notices.same(data["topic"], text, turn.now - TWICE_WITHIN)
    if same is not None:
        twice = _("The same notice has gone to the same people: {code}.", code=same.code)
        return turn.end(twice, Offer(f"/thongbao {same.code}", same.code))
    return _ask_when(turn, {**data, "text": text})


def _ask_when(turn: Turn, data: Mapping[str, str], wrong: Text | None = None) -> Reply:
    example = f"{turn.now.astimezone(ZONE) + timedelta(days=1):%d/%m/%Y} 08:00"
    text = lines(wrong, _("When? Choose, or write day and hour, for example {at}.", at=example))
    return turn.ask(text, NOW, then=when, data=data)


@router.step
async def when(turn: Turn) -> Reply:
    """Take when it begins, and show it as it will be read."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    if turn.message.choice == NOW.key:
        return await _preview(turn, {**turn.data, "at": ""})
    at = moment_in(turn.message.text)
    if at is None or at <= turn.now:
        return _ask_when(turn, turn.data, _("That is no moment to come."))
    return await _preview(turn, {**turn.data, "at": at.isoformat()})


def moment_in(text: str) -> datetime | None:
    """Read "25/11/2026 08:00"; None where it is no moment."""
    found = _WHEN.fullmatch(text.strip())
    if found is None:
        return None
    parts = {name: int(value) for name, value in found.groupdict().items()}
    try:
        return datetime(**parts, tzinfo=ZONE)
    except ValueError:
        return None


async def _preview(turn: Turn, data: Mapping[str, str], wrong: Text | None = None) -> Reply:
    people, shut = await _reach(turn, data["topic"])
    phrase = _phrase(turn, people)
    asked = lines(
        wrong,
        _("Above is how it will be read."),
        _("To: {topic}", topic=title(turn.office, data["topic"])),
        ngettext("It goes to {n} person.", "It goes to {n} people.", people),
        *(_shut_out(channel, count) for channel, count in shut.items()),
        _("It costs nothing: only free messages are sent."),
        _("To confirm, write: {phrase}", phrase=phrase),
        _("Send /huy to leave it."),
    )
    preview = turn.letter(body(turn.office, data["text"], data["topic"]))
    reply = turn.ask(asked, then=confirm, data=data)
    return Reply((preview, *reply.letters), reply.step, reply.data)


def _phrase(turn: Turn, people: int) -> str:
    """Give what confirms: a word with the number, which no button of another question has."""
    return say(_("send {n}", n=people), turn.language)


def _shut_out(channel: str, count: int) -> Text:
    return _(
        "{n} more on {channel} cannot be written to: free only within {hours} hours of writing.",
        n=count,
        channel=channel.capitalize(),
        hours=int(WINDOWS[channel].total_seconds() // 3600),
    )


@router.step
async def confirm(turn: Turn) -> Reply:
    """Take the confirmation: the number of people, typed."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    data = dict(turn.data)
    people, _shut = await _reach(turn, data["topic"])
    typed = fold(" ".join(turn.message.text.split()))
    if typed != fold(_phrase(turn, people)) or not people:
        return await _preview(turn, data, _("That was not the confirmation."))
    at = datetime.fromisoformat(data["at"]) if data["at"] else None
    notice = DraftNotice(
        new_code(turn), data["kind"], data["topic"], data["text"], people, after=at
    )
    leaders = await turn.read.leaders() or await turn.read.admins()
    told = lines(
        _("Notice {code} is drafted.", code=notice.code),
        _("A leader has been asked to approve it.")
        if leaders
        else _("Nobody could approve it yet: no leader has been invited. It is kept."),
    )
    news = lines(
        _("Notice {code} waits for your approval.", code=notice.code),
        _("To: {topic}", topic=title(turn.office, notice.audience)),
        ngettext("It goes to {n} person.", "It goes to {n} people.", people),
        "",
        notice.text,
    )
    letters = (
        Draft(one.recipient, news, _acts(notice.code), purpose=Purpose.CARD, restart=False)
        for one in leaders
        if one.id != turn.person.id
    )
    mine = _acts(notice.code) if turn.person.has(*LEADER) else ()
    show = Offer(f"/thongbao {notice.code}", notice.code)
    return turn.end(told, *mine, show, effects=(notice,)).and_tell(*letters)


def new_code(turn: Turn) -> str:
    """Draw the code of a notice."""
    return f"TB{turn.now.astimezone(ZONE):%y%m}-{turn.chance.letters(4)}"


@router.command("duyettin", "approvenotice", takes=CODE, roles=LEADER)
async def approve(turn: Turn) -> Reply:
    """Approve a notice; it begins at once or when it was meant to, after quiet hours."""
    notice = await _named(turn, turn.words, NoticeState.DRAFT)
    if isinstance(notice, Reply):
        return notice
    at = max(notice.starts_at or turn.now, turn.now)
    begins = after_quiet(turn.office, at)
    told = lines(
        _("Notice {code} is approved.", code=notice.code),
        _("It begins at {at}.", at=begins) if begins > turn.now else _("It begins now."),
    )
    effects = (
        DecideNotice(notice.code, NoticeState.APPROVED, begins),
        SetTimer(TIMER, notice.code, begins, notice.drafted_by),
    )
    show = Offer(f"/thongbao {notice.code}", _("How far is it"))
    reply = turn.end(told, show, effects=effects)
    return reply.and_tell(*await _to_drafter(turn, notice, told))


@router.command("tralaitin", "declinenotice", takes=CODE, roles=LEADER)
async def decline(turn: Turn) -> Reply:
    """Turn a notice down."""
    notice = await _named(turn, turn.words, NoticeState.DRAFT)
    if isinstance(notice, Reply):
        return notice
    told = _("Notice {code} is turned down; nothing is sent.", code=notice.code)
    reply = turn.end(told, effects=(DecideNotice(notice.code, NoticeState.DECLINED),))
    return reply.and_tell(*await _to_drafter(turn, notice, told))


STOP = Offer("stopnotice:yes", _("Stop the notice"))
GO_ON = Offer("stopnotice:no", _("Let it go on"))


@router.command("dungtin", "stopnotice", takes=CODE, roles=STAFF)
async def stop(turn: Turn) -> Reply:
    """Stop a notice in the middle: what is not sent stays unsent, and is told."""
    notice = await _named(turn, turn.words, NoticeState.APPROVED)
    return notice if isinstance(notice, Reply) else _ask_to_stop(turn, notice.code)


def _ask_to_stop(turn: Turn, code: str) -> Reply:
    text = _("Stop notice {code}? What is not sent yet stays unsent for ever.", code=code)
    return turn.ask(text, STOP, GO_ON, then=stop_confirmed, data={"code": code})


@router.step
async def stop_confirmed(turn: Turn) -> Reply:
    """Take the second confirmation of stopping a notice."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."))
    typed = turn.message.text.strip()
    if turn.message.choice == GO_ON.key or questions.says_no(typed):
        return turn.end(_("Good. Nothing was changed."))
    notice = await _named(turn, turn.data["code"], NoticeState.APPROVED)
    if isinstance(notice, Reply):
        return notice
    if turn.message.choice != STOP.key and not questions.says_yes(typed):
        return _ask_to_stop(turn, notice.code)
    told = _("Notice {code} is stopped.", code=notice.code)
    effects = (StopNotice(notice.code), SetTimer(END, notice.code, turn.now, notice.drafted_by))
    return turn.end(told, effects=effects)


async def _named(turn: Turn, typed: str, state: NoticeState) -> Notice | Reply:
    code = typed.strip().upper()
    notice = await turn.read.notices.one(code) if code else None
    if notice is None:
        return turn.end(
            _("There is no notice {code}.", code=code), Offer("/thongbao", _("Notices"))
        )
    if notice.state is not state:
        told = _("Notice {code}: {state}.", code=code, state=STATES[notice.state])
        return turn.end(told, Offer(f"/thongbao {code}", code))
    return notice


async def _to_drafter(turn: Turn, notice: Notice, text: Sayable) -> tuple[Draft, ...]:
    if notice.drafted_by == turn.person.id:
        return ()
    to = await turn.read.recipient(notice.drafted_by)
    return (Draft(to, text, purpose=Purpose.CARD, restart=False),)
