"""Filed evidence is looked at by those who put the report together: confirmed or sent back."""

import re
from collections.abc import Sequence

from handlers import components, questions
from handlers.components import STAFF, reports
from handlers.questions import CANCEL, MENU, short
from handlers.routing import Offer, Reply, Router, Turn
from messages.codes import ALPHABET
from messages.envelope import Attachment, AttachmentKind
from messages.text import Sayable, Text, _, lines
from storage.evidence import Evidence
from storage.filed_evidence import (
    CONFIRMED,
    SENT_BACK,
    WAITING,
    DecideEvidence,
    FiledItem,
)
from storage.fingerprints import fingerprint
from storage.outbox import Draft

router = Router()

CODE = rf"MC\d{{4}}-[{ALPHABET}]{{4}}"
LISTED = 10
_EXCERPT = 200
_LONGEST_REASON = 500

_STATES: dict[int, Text] = {
    WAITING: _("waits for confirmation"),
    CONFIRMED: _("confirmed"),
    SENT_BACK: _("sent back"),
}


def _code(text: str) -> str:
    found = re.search(CODE, text.upper())
    return found[0] if found else ""


async def asked(turn: Turn, word: str, rest: str) -> Reply | None:
    """Take "cho", "duyet CODE", "tra CODE reason" or a bare code; None for everything else."""
    if word in {"cho", "waiting"} and not rest.strip():
        return await _waiting(turn)
    if word in {"duyet", "confirm"}:
        return await _decided(turn, _code(rest), confirmed=True)
    if word in {"tra", "return"}:
        code = _code(rest)
        _before, _code_again, reason = rest.upper().partition(code) if code else ("", "", "")
        return await _decided(turn, code, confirmed=False, reason=rest[len(rest) - len(reason) :])
    code = _code(turn.words)
    if code and turn.words.strip().upper() == code:
        return await _shown(turn, code)
    return None


async def cards(turn: Turn, code: str, component: str, words: str, files: int) -> list[Draft]:
    """Write to those who put the report together that an item waits for them."""
    text = lines(
        _("Evidence {code} waits for your confirmation.", code=code),
        components.named(turn, component),
        _("From: {name}", name=turn.person.official_name),
        short(words, _EXCERPT) if words else None,
        _("Files: {n}", n=files) if files else None,
    )
    reporters = [one for one in await turn.read.staff() if not one.unit]
    known = {one.id for one in reporters}
    reporters += [one for one in await turn.read.admins() if one.id not in known]
    return [
        Draft(one.recipient, text, _card_offers(code), restart=False)
        for one in reporters
        if one.id != turn.person.id
    ]


def _card_offers(code: str) -> tuple[Offer, ...]:
    return (
        Offer(f"/minhchung duyet {code}", _("Confirm {code}", code=code[-4:])),
        Offer(f"/minhchung tra {code}", _("Send back {code}", code=code[-4:])),
        Offer(f"/minhchung {code}", _("Show {code}", code=code[-4:])),
    )


async def _waiting(turn: Turn) -> Reply:
    if not reports(turn):
        return not_theirs(turn)
    items = await turn.read.reports.waiting(LISTED)
    if not items:
        return turn.end(_("No evidence waits for confirmation."), MENU)
    told = [
        _("{code}: {component}", code=one.code, component=components.named(turn, one.component))
        for one in items
    ]
    offers = (
        Offer(f"/minhchung {one.code}", _("Show {code}", code=one.code[-4:])) for one in items
    )
    return turn.end(lines(_("Evidence that waits for confirmation:"), *told), *offers, MENU)


async def _shown(turn: Turn, code: str) -> Reply:
    item = await _theirs(turn, code)
    if isinstance(item, Reply):
        return item
    missing = item.wanted - len(item.files)
    text = lines(
        _("Evidence {code}: {state}", code=code, state=_STATES[item.state]),
        components.named(turn, item.component),
        _("Filed by {name} on {date}", name=item.by, date=item.filed_at),
        _("Counts for the day {day}", day=item.day),
        "",
        item.words or None,
        _("Files not fetched yet or not to be had: {n}", n=missing) if missing else None,
        _("Reason: {reason}", reason=item.reason) if item.reason else None,
    )
    offers = _card_offers(code)[:2] if item.state == WAITING and reports(turn) else ()
    return Reply((turn.letter(text, *offers, MENU, attachments=_files(item)),), "", {})


def _files(item: FiledItem) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            AttachmentKind.IMAGE if file.mime.startswith("image/") else AttachmentKind.FILE,
            f"media:{file.hash}",
            file.name,
            file.mime,
        )
        for file in item.files
    )


async def _theirs(turn: Turn, code: str) -> FiledItem | Reply:
    """Find an item that the person may see: their own, their unit's, or any as a reporter."""
    item = await turn.read.reports.item(code) if code else None
    if item is None:
        return turn.end(_("There is no evidence {code}.", code=code or "?"), MENU)
    own = item.person_id == turn.person.id or item.unit == components.unit_of(turn) != ""
    return item if own or reports(turn) else not_theirs(turn)


def not_theirs(turn: Turn) -> Reply:
    """Refuse what only the reporting staff may do."""
    return turn.end(_("Only those who put the report together can do that."), MENU)


async def _decided(turn: Turn, code: str, *, confirmed: bool, reason: str = "") -> Reply:
    """Confirm an item or send it back; without a reason ask for one."""
    if not reports(turn):
        return not_theirs(turn)
    item = await _theirs(turn, code)
    if isinstance(item, Reply):
        return item
    if item.state != WAITING:
        told = _(
            "{name} has already decided about {code}: {state}.",
            name=item.decided_by,
            code=code,
            state=_STATES[item.state],
        )
        return turn.end(told, MENU)
    reason = " ".join(reason.split())[:_LONGEST_REASON]
    if not confirmed and not reason:
        return _ask_why(turn, code)
    kind = "evidence.confirmed" if confirmed else "evidence.refused"
    mark = fingerprint(*(file.hash for file in item.files)) if item.files else ""
    news = lines(
        _(
            "Evidence {code}: {state}",
            code=code,
            state=_STATES[CONFIRMED if confirmed else SENT_BACK],
        ),
        components.named(turn, item.component),
        _("Reason: {reason}", reason=reason) if reason else None,
    )
    again = Offer(f"/minhchung {item.component}", _("File it again"))
    reply = turn.end(
        news,
        Offer("/minhchung cho", _("What waits")),
        MENU,
        effects=(
            DecideEvidence(code, confirmed=confirmed, reason=reason),
            Evidence(kind, about=code, unit=item.unit, place=mark),
        ),
    )
    if item.person_id == turn.person.id:
        return reply
    to = await turn.read.recipient(item.person_id)
    offers: Sequence[Offer] = () if confirmed else (again,)
    return reply.and_tell(Draft(to, news, tuple(offers), restart=False))


def _ask_why(turn: Turn, code: str, *said: Sayable) -> Reply:
    text = lines(*said, _("Why is {code} sent back? Its unit will read the reason.", code=code))
    return turn.ask(text, CANCEL, MENU, then=why, data={"code": code})


@router.step
async def why(turn: Turn) -> Reply:
    """Take the reason for which an item is sent back."""
    if not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."), MENU)
    code = turn.data.get("code", "")
    wrong = questions.no_answer(turn, _LONGEST_REASON)
    text = turn.message.text.strip()
    if wrong is not None or not text or turn.message.choice:
        return _ask_why(turn, code, *([wrong] if wrong is not None else ()))
    return await _decided(turn, code, confirmed=False, reason=text)
