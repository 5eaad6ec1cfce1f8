"""Evidence that staff file by hand: what it says, photos and files, for one component."""

import re
from dataclasses import dataclass, replace
from datetime import date

from pydantic import TypeAdapter

from handlers import components, evidence_gaps, evidence_review, questions
from handlers.components import STAFF, reporting_period, reports, today_of
from handlers.evidence_gaps import last_day, remind
from handlers.questions import CANCEL, MENU
from handlers.report import PERIOD
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Attachment
from messages.languages import ZONE
from messages.text import Sayable, _, lines
from messages.vietnamese import clean, fold
from scoring.periods import BadPeriod
from storage.evidence import Evidence
from storage.filed_evidence import DecideEvidence, FileEvidence
from storage.fingerprints import fingerprint
from storage.outbox import Draft
from storage.work import Effect

router = Router()
router.include(components.router)
router.include(evidence_gaps.router)
router.include(evidence_review.router)

DONE = Offer("evidence:done", _("Done, file it"))
MOST_FILES = 20

_COMPONENT = re.compile(rf"\s*({components.PATTERN}|0)(?:\s*[:,.]?\s+|\s*$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """What was gathered of an item so far.

    Attributes:
        component: what it is for.
        words: of each message.
        files: photos and documents.
        album: of the photos that came last; its other parts need no answer of their own.
    """

    component: str = ""
    words: tuple[str, ...] = ()
    files: tuple[Attachment, ...] = ()
    album: str = ""


_FORM = TypeAdapter(Item)


def _data(item: Item) -> dict[str, str]:
    return {"item": _FORM.dump_json(item, exclude_defaults=True).decode()}


def _item(turn: Turn) -> Item:
    kept = turn.data.get("item")
    return _FORM.validate_json(kept) if kept else Item()


@router.command(
    "minhchung",
    "evidence",
    takes=rf"(?:{components.PATTERN}|{evidence_review.CODE})\b.*|thi[eế]u(?:\s+(?:{PERIOD}))?|ch[oờ]",
    roles=STAFF,
)
async def begin(turn: Turn) -> Reply:
    """File evidence; with a code or a word look at what was filed or is missing."""
    first, _space, rest = turn.words.strip().partition(" ")
    word = fold(first)
    if word in {"thieu", "gaps"}:
        return await _gaps(turn, rest)
    if (reply := await evidence_review.asked(turn, word, rest)) is not None:
        return reply
    return await _one_line(turn)


async def _one_line(turn: Turn) -> Reply:
    """Take a component and what proves it in one message, or ask for what is missing of that."""
    named = _COMPONENT.match(turn.words)
    if named is None:
        said: list[Sayable] = await _opening(turn)
        if turn.words.strip() or questions.files(turn):
            said = [_("Please write the number of the component first, such as: /minhchung 1.03 …")]
        asking = components.ask(turn, "evidence", *said)
        return asking.also(remind(turn))
    name = named[1].upper()
    if not components.is_one(turn, name, prose=True):
        return components.ask(turn, "evidence", _("There is no component {id}.", id=name))
    words = clean(turn.words[named.end() :]).strip()
    longest = turn.office.commune.limits.story
    files = questions.files(turn)
    if not words and not files:
        return await chosen(turn, name)
    if len(words) > longest:
        return turn.end(questions.too_long(longest))
    today = today_of(turn)
    item = Item(name, (words,) if words else (), files[:MOST_FILES])
    return await _filed(turn, item, last_day(reporting_period(turn.office, today), today))


async def _gaps(turn: Turn, typed: str) -> Reply:
    try:
        period = turn.office.period(typed, today_of(turn)) if typed.strip() else None
    except BadPeriod as error:
        return turn.end(error.reason, MENU)
    return await evidence_gaps.gaps(turn, period)


async def _opening(turn: Turn) -> list[Sayable]:
    """Tell what else there is to do: what waits, and what is missing."""
    said: list[Sayable] = [_("What has no evidence yet: /minhchung thieu")]
    if reports(turn):
        said.append(_("What waits for your confirmation: /minhchung cho"))
    return [*said, ""]


@components.asked_for("evidence", prose=True)
async def chosen(turn: Turn, component: str) -> Reply:
    """Ask what proves a component."""
    return _ask(turn, Item(component), components.named(turn, component))


def _ask(turn: Turn, item: Item, *said: Sayable) -> Reply:
    full = (DONE,) if item.words or item.files else ()
    text = lines(
        *said,
        _(
            "Send what proves it: words with the number and date of the document, photos or files, "
            "in one message or several. Then choose Done."
        ),
    )
    return turn.ask(text, *full, CANCEL, MENU, then=gather, data=_data(item))


@router.step
async def gather(turn: Turn) -> Reply:
    """Take words and files until the person is done."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."), MENU)
    item = _item(turn)
    text = clean(turn.message.text).strip()
    done = turn.message.choice == DONE.key or (
        not turn.message.attachments and fold(text) in {"xong", "done"}
    )
    if done and (item.words or item.files):
        return await _when(turn, item)
    longest = turn.office.commune.limits.story - sum(map(len, item.words))
    files = questions.files(turn)
    wrong = questions.no_answer(turn, max(longest, 1))
    if wrong is not None or done or turn.message.choice or not (text or files):
        return _ask(turn, item, wrong or _("I have received nothing for it yet."))
    album = turn.message.album
    again = bool(album) and album == item.album
    more = replace(
        item,
        words=(*item.words, text) if text else item.words,
        files=(*item.files, *files)[:MOST_FILES],
        album=album,
    )
    if again and not text:
        # The other photos of an album are taken without an answer of their own.
        return Reply(step=gather.name, data=_data(more))
    told = _(
        "Received: {words} messages, {files} files. Send more, or choose Done.",
        words=len(more.words),
        files=len(more.files),
    )
    return turn.ask(told, DONE, CANCEL, MENU, then=gather, data=_data(more))


async def _when(turn: Turn, item: Item) -> Reply:
    """Ask for which half year it counts while the last one is still being reported."""
    today = today_of(turn)
    reported, running = reporting_period(turn.office, today), turn.office.period("", today)
    if reported == running:
        return await _filed(turn, item, today)
    return turn.ask(
        _("For which period does it count?"),
        Offer(f"period:{reported.name}", reported.title),
        Offer(f"period:{running.name}", running.title),
        CANCEL,
        MENU,
        then=period,
        data=_data(item),
    )


@router.step
async def period(turn: Turn) -> Reply:
    """Take the period, and file the item."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."), MENU)
    today = today_of(turn)
    name = turn.message.choice.removeprefix("period:")
    office = turn.office
    if name not in {reporting_period(office, today).name, office.period("", today).name}:
        return await _when(turn, _item(turn))
    return await _filed(turn, _item(turn), last_day(turn.office.period(name, today), today))


async def _filed(turn: Turn, item: Item, day: date) -> Reply:
    """File an item. What the reporting staff file themselves is confirmed with it."""
    unit, words = components.unit_of(turn), "\n".join(item.words)
    code = f"MC{turn.now.astimezone(ZONE):%y%m}-{turn.chance.letters(4)}"
    mark = fingerprint(item.component, day.isoformat(), words)
    effects: list[Effect] = [
        FileEvidence(code, item.component, day, words, unit, item.files),
        Evidence("evidence.filed", about=code, unit=unit, place=mark),
    ]
    told: list[Sayable] = [
        _("Evidence {code} is filed for:", code=code),
        components.named(turn, item.component),
        _("It counts for {period}.", period=turn.office.period("", day).title),
    ]
    letters: list[Draft] = []
    if reports(turn):
        effects += [
            DecideEvidence(code, confirmed=True),
            Evidence("evidence.confirmed", about=code, unit=unit),
        ]
    else:
        told.append(_("It waits for confirmation by those who put the report together."))
        letters = await evidence_review.cards(turn, code, item.component, words, len(item.files))
    reply = turn.end(
        lines(*told),
        Offer("/minhchung", _("File more evidence")),
        Offer("/minhchung thieu", _("What is missing")),
        MENU,
        effects=(*effects, remind(turn)),
    )
    return reply.and_tell(*letters)
