"""The letter for a late dossier: an officer gives reason and date, a leader approves, it is sent.

Form 04 of Thông tư 03/2025/TT-VPCP asks for one reason and one new date; a second new date is
never given, so nothing of an approved letter changes.
"""

import re
from datetime import date, datetime, timedelta

from handlers import questions, redirect
from handlers.cards import unit_name
from handlers.deadlines import DAY
from handlers.dossier import parted
from handlers.dossier_late import served
from handlers.dossier_telling import day_or_moment
from handlers.questions import CANCEL, PERSON, short
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Attachment, AttachmentKind, Kind
from messages.languages import ZONE
from messages.text import Lines, Sayable, Text, _, lines
from storage.dossiers import Dossier
from storage.dossiers_apologies import Apology, Write, Written
from storage.evidence import Evidence
from storage.outbox import Draft, Purpose

router = Router()

OFFICERS, LEADERS = ("officer",), ("leader",)
LONGEST_REASON = 500
FURTHEST = timedelta(days=366)
OFFERED_DAYS = (1, 3, 5, 10)
NAME = re.compile(r"XL(\d{1,9})", re.IGNORECASE)
DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ONE_LINE = re.compile(
    r"(?P<which>\S+)\s+(?P<date>\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\s+(?P<reason>.+)", re.DOTALL
)


@router.command("xinloi", "apologise", roles=OFFICERS)
async def begin(turn: Turn) -> Reply:
    """Write the letter of a late dossier: `/xinloi XL12`, its code, or all in one line."""
    one_line = _ONE_LINE.fullmatch(turn.words.strip())
    which = one_line["which"] if one_line else turn.words.strip()
    if not which:
        return await _which(turn)
    found = await _may_write(turn, which)
    if isinstance(found, Reply):
        return found
    apology, dossier = found
    if one_line is None:
        return _ask_reason(turn, apology, dossier)
    new_due = _day(turn, one_line["date"])
    if isinstance(new_due, Text):
        return turn.say(new_due)
    return await _lay_before(turn, apology, dossier, one_line["reason"].strip(), new_due)


async def _which(turn: Turn) -> Reply:
    drafts = await turn.read.apologies.in_state(Written.DRAFT, await served(turn))
    if not drafts:
        return turn.end(_("No late dossier of your unit waits for a letter."))
    offers = (Offer(f"/xinloi {one.name}", questions.short(one.code)) for one in drafts)
    return turn.end(_("Which late dossier is the letter about?"), *offers)


async def _found(turn: Turn, which: str) -> Apology | None:
    by_name = NAME.fullmatch(which.strip())
    if by_name:
        return await turn.read.apologies.by_id(int(by_name[1]))
    return await turn.read.apologies.of_code(parted(which)[0])


async def _may_write(turn: Turn, which: str) -> tuple[Apology, Dossier] | Reply:
    apology = await _found(turn, which)
    dossier = await turn.read.dossiers.dossier(apology.code) if apology else None
    if apology is None or dossier is None:
        return turn.end(_("There is no late dossier {code}.", code=short(which, 64)))
    if not turn.person.serves(apology.unit):
        unit = unit_name(turn.office, apology.unit)
        return turn.end(_("Dossier {code} is {unit}'s to answer.", code=apology.code, unit=unit))
    if apology.state >= Written.APPROVED:
        return turn.end(_fixed(apology))
    return apology, dossier


def _fixed(apology: Apology) -> Text:
    return _(
        "The letter about {code} was approved already; a second new date is not allowed.",
        code=apology.code,
    )


def _ask_reason(turn: Turn, apology: Apology, dossier: Dossier, *before: Sayable) -> Reply:
    turn = turn.alone()
    reasons = turn.office.commune.dossiers.reasons
    text = lines(
        *before,
        *_facts(turn, apology, dossier),
        "",
        _("Why is it late? Please choose, or write it in one sentence that the citizen will read."),
    )
    offers = (Offer(f"reason:{n}", short(words)) for n, words in enumerate(reasons))
    return turn.ask(text, *offers, CANCEL, then=reason, data={"apology": apology.name})


@router.step
async def reason(turn: Turn) -> Reply:
    """Take the reason and ask for the new date."""
    found = await _may_write(turn, turn.data.get("apology", ""))
    if isinstance(found, Reply):
        return found
    apology, dossier = found
    reasons = turn.office.commune.dossiers.reasons
    chosen = turn.message.choice.removeprefix("reason:")
    words = turn.message.text.strip()
    if chosen.isdecimal() and int(chosen) < len(reasons):
        words = reasons[int(chosen)]
    else:
        away = redirect.unusable(
            turn, LONGEST_REASON, lambda wrong: _ask_reason(turn, apology, dossier, wrong)
        )
        if away is not None:
            return away
    if dossier.exported.finished_at is not None:
        # The result is there: the letter needs no new date.
        return await _lay_before(turn, apology, dossier, words, None)
    return _ask_date(turn, apology, words)


def _ask_date(turn: Turn, apology: Apology, words: str, *before: Sayable) -> Reply:
    text = lines(
        *before,
        _("By which day will the result be ready? One new date is allowed, so choose it safely."),
        _("For example: {date}", date=_working_day(turn, OFFERED_DAYS[-1])),
    )
    days = dict.fromkeys(_working_day(turn, n) for n in OFFERED_DAYS)
    offers = (Offer(f"day:{day.isoformat()}", f"{day:%d/%m/%Y}") for day in days)
    data = {"apology": apology.name, "reason": words}
    return turn.ask(text, *offers, CANCEL, then=new_date, data=data)


def _working_day(turn: Turn, after: int) -> date:
    """Give the nth working day after today."""
    calendar, day = turn.office.commune.calendar, turn.now.astimezone(ZONE).date()
    for _n in range(int(FURTHEST / DAY)):
        day += DAY
        after -= bool(calendar.hours(day))
        if not after:
            break
    return day


@router.step
async def new_date(turn: Turn) -> Reply:
    """Take the new date and lay the letter before the leaders."""
    found = await _may_write(turn, turn.data.get("apology", ""))
    if isinstance(found, Reply):
        return found
    apology, dossier = found
    words = turn.data.get("reason", "")
    chosen = turn.message.choice.removeprefix("day:")
    typed = f"{date.fromisoformat(chosen):%d/%m/%Y}" if turn.message.choice else turn.words.strip()
    new_due = _day(turn, typed)
    if isinstance(new_due, Text):
        return _ask_date(turn, apology, words, new_due)
    return await _lay_before(turn, apology, dossier, words, new_due)


def _day(turn: Turn, typed: str) -> datetime | Text:
    """Read a new date: the end of work on that day; else say what is wrong with it."""
    read = DATE.fullmatch(typed)
    try:
        day = date(int(read[3]), int(read[2]), int(read[1])) if read else None
    except ValueError:
        day = None
    if day is None:
        return _("This is no date like 30/11/2026.")
    today = turn.now.astimezone(ZONE).date()
    if not today < day <= today + FURTHEST:
        return _("The new date must lie after today, and within a year.")
    hours = turn.office.commune.calendar.hours(day)
    if not hours:
        return _("{date} is no working day.", date=day)
    closes = datetime.combine(day, datetime.min.time(), ZONE)
    return closes + timedelta(minutes=hours[-1].end)


async def _lay_before(
    turn: Turn, apology: Apology, dossier: Dossier, words: str, new_due: datetime | None
) -> Reply:
    if len(words) > LONGEST_REASON:
        return turn.say(questions.too_long(LONGEST_REASON))
    if stopped := redirect.stop(turn, words):
        return stopped
    leaders = await turn.read.leaders() or await turn.read.admins()
    if not leaders:
        return turn.end(_("No leader is known here who could approve it. Please ask for one."))
    card = lines(
        _("A letter of apology waits for you: {name}", name=apology.name),
        *_facts(turn, apology, dossier),
        _("Reason: {reason}", reason=words),
        _("New date: {moment}", moment=day_or_moment(new_due)) if new_due else None,
        _("Written by: {name}", name=turn.person.official_name),
    )
    offers = (
        Offer(f"/duyetxinloi {apology.name}", _("Approve {name}", name=apology.name)),
        Offer(f"/khongduyetxinloi {apology.name}", _("Send back {name}", name=apology.name)),
    )
    cards = tuple(
        Draft(leader.recipient, card, offers, purpose=Purpose.CARD, restart=False)
        for leader in leaders
    )
    told = _("The letter about {code} is laid before the leaders.", code=apology.code)
    effect = Write(apology, Written.LAID_BEFORE, words, new_due)
    return turn.end(told, effects=(effect,)).and_tell(*cards)


def _facts(turn: Turn, apology: Apology, dossier: Dossier) -> tuple[Sayable, ...]:
    one = dossier.exported
    return (
        _("Dossier {code}", code=apology.code),
        *((one.procedure,) if one.procedure else ()),
        *((_("For: {name}", name=one.applicant),) if one.applicant else ()),
        _("Unit: {unit}", unit=unit_name(turn.office, apology.unit)),
        _("Due: {moment}", moment=day_or_moment(apology.due_at)),
        *(
            (_("Finished: {moment}", moment=day_or_moment(one.finished_at)),)
            if one.finished_at
            else ()
        ),
    )


@router.command("duyetxinloi", "approveapology", roles=LEADERS)
async def approve(turn: Turn) -> Reply:
    """Approve a letter: `/duyetxinloi XL12`; it is made and sent."""
    apology = await _laid_before(turn)
    if isinstance(apology, Reply):
        return apology
    text = _("Approved: the letter about {code} is being made and sent.", code=apology.code)
    return turn.end(text, effects=(Write(apology, Written.APPROVED),))


@router.command("khongduyetxinloi", "sendbackapology", roles=LEADERS)
async def send_back(turn: Turn) -> Reply:
    """Send a letter back to who wrote it: `/khongduyetxinloi XL12 why`."""
    apology = await _laid_before(turn)
    if isinstance(apology, Reply):
        return apology
    why = turn.words.strip().partition(" ")[2].strip()
    letters: tuple[Draft, ...] = ()
    if apology.officer_id is not None:
        text = lines(
            _("The letter about {code} came back to you.", code=apology.code),
            _("Reason: {reason}", reason=why) if why else None,
        )
        to = await turn.read.recipient(apology.officer_id)
        again = Offer(f"/xinloi {apology.name}", _("Write it anew"))
        letters = (Draft(to, text, (again,), purpose=Purpose.CARD, restart=False),)
    told = _("Sent back: the letter about {code}.", code=apology.code)
    return turn.end(told, effects=(Write(apology, Written.DRAFT),)).and_tell(*letters)


async def _laid_before(turn: Turn) -> Apology | Reply:
    which = turn.words.strip().partition(" ")[0]
    if not which:
        waiting = await turn.read.apologies.in_state(Written.LAID_BEFORE)
        offers = (
            Offer(f"/duyetxinloi {one.name}", f"{one.name} {one.code[-20:]}") for one in waiting
        )
        if not waiting:
            return turn.end(_("No letter waits for approval."))
        return turn.end(_("Letters that wait for approval:"), *offers)
    apology = await _found(turn, which)
    if apology is None:
        return turn.end(_("There is no letter {name}.", name=short(which, 64)))
    if apology.state >= Written.APPROVED:
        return turn.end(_fixed(apology))
    if apology.state is Written.DRAFT:
        return turn.end(_("The letter {name} is not filled in yet.", name=apology.name))
    return apology


@router.event(Kind.TIMER, "apology")
async def printed(turn: Turn) -> Reply:
    """Send an approved letter whose PDF was made, to followers and to who wrote it."""
    apology = await turn.read.apologies.by_id(int(turn.message.payload))
    dossier = await turn.read.dossiers.dossier(apology.code) if apology else None
    if apology is None or dossier is None or apology.state is not Written.APPROVED:
        return turn.quiet()
    file = Attachment(
        AttachmentKind.FILE,
        ref=f"media:{apology.hash}",
        name=f"xin-loi-{apology.name}.pdf",
        mime="application/pdf",
    )
    followers = await turn.read.following.of_code(apology.code)
    words = in_words(turn, apology, dossier)
    letters = [
        Draft(
            await turn.read.recipient(follower.person_id),
            words,
            (PERSON,),
            attachments=(file,),
            purpose=Purpose.NOTICE,
        )
        for follower in followers
    ]
    officials = dict.fromkeys(
        one for one in (apology.officer_id, apology.leader_id) if one is not None
    )
    told = (
        _("The letter about {code} was sent to who follows the dossier.", code=apology.code)
        if followers
        else _(
            "Nobody follows dossier {code}: please print the letter and hand it over.",
            code=apology.code,
        )
    )
    letters += [
        Draft(await turn.read.recipient(one), told, attachments=(file,), purpose=Purpose.CARD)
        for one in officials
    ]
    return Reply(
        tuple(letters),
        effects=(
            Write(apology, Written.SENT),
            Evidence("letter.apology", about=apology.code, unit=apology.unit),
        ),
    )


def in_words(turn: Turn, apology: Apology, dossier: Dossier) -> Lines:
    """Say what the letter says."""
    one = dossier.exported
    return lines(
        _("{office} apologises to you.", office=turn.office.commune.office),
        _(
            "Your dossier {code} was due on {moment} and was not finished in time.",
            code=apology.code,
            moment=day_or_moment(apology.due_at),
        ),
        _("Reason: {reason}", reason=apology.reason),
        _("The new date is {moment}.", moment=day_or_moment(apology.new_due_at))
        if apology.new_due_at
        else None,
        _("The result is ready since {moment}.", moment=day_or_moment(one.finished_at))
        if one.finished_at
        else None,
        _("The letter is attached."),
    )
