"""Guides to procedures: by code, by a QR code on a poster, or by what people call them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Final

from handlers import advice, meanings, questions, redirect, unanswered
from handlers.commune import shown
from handlers.guide_texts import checked, doubts, fees, papers, time_limit
from handlers.intents import Intent
from handlers.procedures import Procedure, as_date
from handlers.questions import MENU, PERSON, title_of
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding, understand
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import Lines, Sayable, Text, _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence
from storage.outbox import Offer
from storage.timers import SetTimer

router = Router()

PORTAL: Final = "dichvucong"
"""The link of commune.toml under which dossiers are filed online."""

PAYLOAD = re.compile(
    r"([qg])_([A-Za-z]{2}\d{2}|\d\.\d{6})(?:_([A-Za-z0-9_-]{1,32}))?", re.IGNORECASE
)
"""What a start link carries: q of a poster or g of a page that counted the scan; code; place."""

CHOICES = 5
NEAREST = 3
LONGEST = 500
"""Characters of a question about a procedure."""

NATIONAL: Final = r"#?\d\.\d{6}(?:\.\d{2,3}(?:\.\d{2}){0,3}(?:\.H\d{2})?)?"
GUIDE: Final = r"#?[A-Z]{2}\d{2}"
MORE: Final = "chitiet"

_EXAMPLE = _("For example: khai sinh, or the code KS01.")
_NO_GUIDE = _("There is no guide with that code.")

REMINDER: Final = "guide"
"""The name of the timer that reminds a person of a guide."""

MORNING: Final = time(7, 30)
"""When people are reminded: before they would set out."""

IN_DAYS: Final[Mapping[str, Text]] = {
    "1": _("Tomorrow morning"),
    "3": _("In three days"),
    "7": _("In a week"),
}
"""After how many days one may be reminded, as typed → as offered."""


@router.command(
    "thutuc", "tthc", "huongdan", "procedure", "guide", takes=rf"(?:{GUIDE}|{NATIONAL})"
)
async def asked(turn: Turn) -> Reply:
    """Show the guide of what follows the command, or ask what it is about."""
    text = turn.words.strip()
    if not text:
        if questions.is_busy(turn):
            usage = _("Please write the name behind it, for example: /thutuc khai sinh")
            return questions.reminded(turn, turn.say(usage))
        return _ask(turn)
    if stopped := redirect.stop(turn, text):
        return stopped
    if len(text) > LONGEST:
        return questions.reminded(turn, turn.say(questions.too_long(LONGEST), PERSON, MENU))
    first, _blank, rest = text.partition(" ")
    procedure = turn.office.catalogue.by_code(first)
    if procedure and fold(rest) == MORE:
        return questions.reminded(turn, turn.say(_details(turn, procedure), PERSON, MENU))
    return questions.reminded(turn, await _find(turn, text))


def _ask(turn: Turn, *before: Sayable) -> Reply:
    question = _("Which procedure would you like to know about? Say it in your own words.")
    text = questions.together(*before, question, _EXAMPLE)
    return turn.ask(text, PERSON, MENU, then=ask, data={})


@router.step
async def ask(turn: Turn) -> Reply:
    """Take the name of a procedure; what is surely something else leads away."""
    away = redirect.unusable(turn, LONGEST, lambda wrong: _ask(turn, wrong))
    if away is not None or turn.message.choice:
        return away or _ask(turn)
    understood = understand(turn.words, turn.office.catalogue)
    elsewhere = understood.intent not in {Intent.PROCEDURE, Intent.CLARIFY, Intent.UNKNOWN}
    if understood.sure and elsewhere:
        return questions.left(turn, await meanings.answer(turn))
    return questions.left(turn, await _find(turn, turn.words))


@router.code(rf"{GUIDE}|{NATIONAL}")
async def by_code(turn: Turn) -> Reply:
    """Show the guide of a code that stands alone."""
    reply = questions.reminded(turn, await _find(turn, turn.words))
    return reply if questions.is_busy(turn) else questions.left(turn, reply)


async def scanned(turn: Turn) -> Reply | None:
    """Show the guide of a start link from a poster; None where the link carries none."""
    found = PAYLOAD.fullmatch(turn.message.payload or turn.words.strip())
    procedure = turn.office.catalogue.by_code(found[2]) if found else None
    if found is None or procedure is None:
        return None
    return questions.reminded(turn, show(turn, procedure)).also(*scans(found, procedure.code))


def scans(payload: re.Match[str], code: str) -> tuple[Evidence, ...]:
    """Give what a start link is evidence of: nothing where its page has counted the scan."""
    if payload[1].lower() == "g":
        return ()
    return (Evidence("guidance.scanned", about=code, place=payload[3] or ""),)


@meanings.takes(Intent.PROCEDURE, Intent.CLARIFY)
async def answer(turn: Turn, understood: Understanding) -> Reply:
    """Show the guide that is clearly meant, else offer those that may be."""
    return _answer(turn, understood, turn.words)


@meanings.takes(Intent.QR_GUIDANCE)
async def by_qr(turn: Turn, understood: Understanding) -> Reply:
    """Show the guide of a QR code that did not open, by the short code printed under it."""
    if understood.sure and len(understood.procedures) == 1:
        return _answer(turn, understood, turn.words)
    return _ask(
        turn,
        _("I am sorry that the QR code did not open. The guide is here too."),
        _("Under the QR code stands a short code. Please send it, for example KS01."),
    )


async def _find(turn: Turn, text: str) -> Reply:
    catalogue = turn.office.catalogue
    if procedure := catalogue.by_code(text) or catalogue.in_text(text):
        return show(turn, procedure)
    if repealed := catalogue.repealed_in(text):
        instead = [found for code in repealed.replaced_by if (found := catalogue.by_code(code))]
        told = _("The procedure {code} is no longer in force.", code=repealed.code)
        now = _("It was replaced by:") if instead else _("We do not know yet what replaces it.")
        return _list(turn, lines(told, now), instead)
    understood = understand(text, catalogue)
    if understood.intent is Intent.EMERGENCY:
        return await meanings.act(turn, understood)
    return await advice.beside(turn, understood, text, _answer(turn, understood, text))


def _answer(turn: Turn, understood: Understanding, text: str) -> Reply:
    """Show one guide where it is clear which, else a list to choose from."""
    catalogue = turn.office.catalogue
    found = [one for code, _score in understood.procedures if (one := catalogue.by_code(code))]
    clear = understood.intent is Intent.PROCEDURE or len(found) == 1
    if understood.sure and clear and found:
        return show(turn, found[0])
    if understood.intent in {Intent.PROCEDURE, Intent.CLARIFY} and found:
        return _list(turn, _("Which of these do you mean?"), found[:CHOICES])
    none = _("I did not find a procedure by that name.")
    nearest = found[:NEAREST]
    if not nearest:
        return _list(turn, lines(none, _EXAMPLE), []).also(unanswered.kept(text, ()))
    codes = tuple(one.code for one in nearest)
    told = lines(none, _("The nearest are:"))
    return _list(turn, told, nearest).also(unanswered.kept(text, codes))


def _list(turn: Turn, text: Sayable, found: list[Procedure]) -> Reply:
    offers = (Offer(f"/thutuc {one.code}", title_of(one)) for one in found)
    return turn.say(text, *offers, PERSON, MENU)


def show(turn: Turn, procedure: Procedure) -> Reply:
    """Show one guide; each showing is evidence."""
    guide = procedure.guide
    return turn.say(
        _short(turn, procedure),
        Offer(f"/thutuc {guide} {MORE}", _("Details and legal basis")),
        *_portal(turn, procedure),
        PERSON,
        Offer(f"/nhactoi {guide}", _("Remind me")),
        Offer(f"/huuich {guide} co", _("This was useful")),
        Offer(f"/huuich {guide} khong", _("This was not useful")),
        MENU,
        effects=(Evidence("guidance.shown", about=procedure.code),),
    )


def _portal(turn: Turn, procedure: Procedure) -> tuple[Offer, ...]:
    """Lead to where it is begun online: its own page on the portal, else the portal."""
    if procedure.portal:
        return (Offer("", _("Start online"), procedure.portal),)
    links = turn.office.commune.links
    return tuple(Offer("", link.title, link.url) for link in links if link.id == PORTAL)


def _short(turn: Turn, procedure: Procedure) -> Lines:
    page = f"{turn.office.public_url}/q/{procedure.guide}" if turn.office.public_url else ""
    day = turn.now.astimezone(ZONE).date()
    listed = papers(procedure)
    cost = fees(procedure, day)
    return lines(
        _("{name} (code {code})", name=procedure.name, code=procedure.guide),
        "",
        _("Papers to bring:"),
        *(f"☐ {paper}" for paper in listed),
        None if listed else shown(""),
        "",
        _("Time: {time}", time=time_limit(procedure)),
        *((_("Fee: {fee}", fee=cost[0]),) if len(cost) == 1 else (_("Fee:"), *_listed(cost))),
        _("Where to apply: {place}", place=shown(procedure.channel)),
        "",
        *doubts(procedure, day),
        _("The receipt slip that you are given always decides."),
        checked(procedure),
        _("To read or print: {page}", page=page) if page else None,
    )


def _listed(told: Iterable[str | Text]) -> Iterator[Text]:
    return (_("- {item}", item=item) for item in told)


def _details(turn: Turn, procedure: Procedure) -> Lines:
    others = (turn.office.catalogue.by_code(code) for code in procedure.asks_back)
    named = [f"- {one.plain_title} ({one.guide})" for one in others if one]
    confused: tuple[Sayable, ...] = ("", _("Often confused with:"), *named) if named else ()
    day = turn.now.astimezone(ZONE).date()
    end = as_date(procedure.valid_to)
    return lines(
        procedure.name,
        _("National code: {code}", code=procedure.code),
        _("Field: {field}", field=procedure.field),
        _("Legal basis: {basis}", basis=shown(procedure.legal_basis)),
        _("In force until {day}", day=end) if end else None,
        _("Forms: {forms}", forms=procedure.forms) if procedure.forms else None,
        checked(procedure),
        *doubts(procedure, day),
        *confused,
    )


@router.command("nhactoi", "remind", takes=GUIDE)
async def remind(turn: Turn) -> Reply:
    """Ask when to be reminded of a guide: `/nhactoi KS01`, or set it: `/nhactoi KS01 3`."""
    code, _blank, days = turn.words.strip().partition(" ")
    procedure = turn.office.catalogue.by_code(code)
    if procedure is None:
        return questions.reminded(turn, turn.say(lines(_NO_GUIDE, _EXAMPLE), MENU))
    if days not in IN_DAYS:
        offers = (Offer(f"/nhactoi {procedure.guide} {n}", told) for n, told in IN_DAYS.items())
        when = _("When shall I remind you of “{title}”?", title=procedure.plain_title)
        return questions.reminded(turn, turn.say(when, *offers, MENU))
    day = turn.now.astimezone(ZONE).date() + timedelta(days=int(days))
    due = datetime.combine(day, MORNING, ZONE)
    timer = SetTimer(REMINDER, f"{procedure.guide}:{turn.person.id}", due)
    told = _("I will remind you of “{title}”: {when}.", title=procedure.plain_title, when=due)
    return questions.reminded(turn, turn.say(told, MENU, effects=(timer,)))


@router.event(Kind.TIMER, REMINDER)
async def reminds(turn: Turn) -> Reply:
    """Remind a person of a guide; one that is offered no more is let go."""
    guide = turn.message.payload.partition(":")[0]
    procedure = turn.office.catalogue.by_code(guide)
    if procedure is None:
        return turn.quiet()
    text = lines(
        _("You asked me to remind you: {title}.", title=procedure.plain_title),
        _("Please look once more at the papers before you go."),
    )
    return turn.say(text, Offer(f"/thutuc {guide}", _("Show the guide")))


@router.command("huuich", "useful", takes=rf"{GUIDE} (?:co|khong)", alone=False)
async def useful(turn: Turn) -> Reply:
    """Take whether a guide was of use: `/huuich KS01 co`."""
    code, _blank, word = turn.words.strip().partition(" ")
    procedure = turn.office.catalogue.by_code(code)
    if procedure is None or fold(word) not in {"co", "khong"}:
        return questions.reminded(turn, turn.say(lines(_NO_GUIDE, _EXAMPLE), MENU))
    if fold(word) == "co":
        seen = Evidence("guidance.useful", about=procedure.code)
        return questions.reminded(turn, turn.say(_("Thank you for telling us."), effects=(seen,)))
    seen = Evidence("guidance.useless", about=procedure.code)
    text = lines(
        _("Thank you for telling us; I am sorry."),
        _("An officer can answer you, or ask again in other words."),
    )
    return questions.reminded(turn, turn.say(text, PERSON, MENU, effects=(seen,)))
