"""Which households have the city's app: one question by village and household, and an estimate."""

import re
from dataclasses import dataclass

from handlers import joined, questions, redirect
from handlers.commune import Commune, shown
from handlers.household_shares import by_village, question_on, together
from handlers.questions import CANCEL, MENU
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import ZONE
from messages.text import Sayable, Text, _, lines, ngettext
from messages.vietnamese import fold
from scoring.estimates import Share
from storage.households import HouseholdAnswer

router = Router()

ENTERING = ("village", "staff", "leader", "officer")

LONGEST_VILLAGE = 60
LONGEST_HOUSEHOLD = 120
LONGEST_LIST = 8000
"""Characters of a list that is entered at once."""

YES = Offer("household:yes", _("Yes, installed"))
NO = Offer("household:no", _("Not yet"))

_ROW = re.compile(r"^(?P<household>.+?)\s*[;:,\t|]\s*(?P<answer>[^;:,\t|]+)$")


def question_at(turn: Turn) -> str:
    """Name the question that is asked now."""
    return question_on(turn.now.astimezone(ZONE).date())


@router.command("hpsmart", "haiphongsmart")
async def begin(turn: Turn) -> Reply:
    """Ask a person whether their household has the app."""
    if questions.is_busy(turn) and not turn.person.step.startswith("households."):
        first = _("Please finish what you are writing first, or send /huy to drop it.")
        return turn.say(first)
    app = turn.office.commune.smart_app
    if app is None:
        return turn.end(_("This commune does not ask about an app."), MENU)
    answered = turn.read.households.has_answered
    if await joined.has_answered(turn, lambda one: answered(one, question_at(turn))):
        told = _("You have answered for your household already. Thank you.")
        return turn.end(lines(told, "", *_guide(turn)), MENU)
    return _ask_village(turn)


def _ask_village(turn: Turn, wrong: Text | None = None) -> Reply:
    commune = turn.office.commune
    villages = (Offer(f"village:{n}", questions.short(v)) for n, v in enumerate(commune.villages))
    text = lines(
        wrong,
        _("One short question for each household. In which village do you live?"),
        _("Please choose.") if commune.villages else _("Please write the name of the village."),
    )
    return turn.ask(text, *villages, CANCEL, MENU, then=village, data={})


@router.step
async def village(turn: Turn) -> Reply:
    """Take the village."""
    name = chosen_village(turn) or turn.message.text.strip()
    away = redirect.unusable(turn, LONGEST_VILLAGE, lambda wrong: _ask_village(turn, wrong))
    if away is not None:
        return away
    found = village_named(turn.office.commune, name)
    if not found:
        return _ask_village(turn, _("I do not know that village."))
    return _ask_household(turn, found)


def chosen_village(turn: Turn) -> str:
    """Give the village that a choice names by its place in the commune's list."""
    villages, key = turn.office.commune.villages, turn.message.choice.removeprefix("village:")
    return villages[int(key)] if key.isdecimal() and int(key) < len(villages) else ""


def village_named(commune: Commune, name: str) -> str:
    """Find a village by its name in any writing, "" where there is none.

    Where the commune has told no names, each name is taken in the form in which it is compared.
    """
    wanted = " ".join(fold(name).split())[:LONGEST_VILLAGE]
    if not commune.villages:
        return wanted
    known = {" ".join(fold(one).split()): one for one in commune.villages}
    # "Thôn 1" is not meant by "Thôn", nor "Thôn 10" by "Thôn 1".
    begun = [one for name, one in known.items() if wanted and name.startswith(wanted)]
    return known.get(wanted) or (begun[0] if len(begun) == 1 else "")


def _ask_household(turn: Turn, at: str, wrong: Text | None = None) -> Reply:
    text = lines(
        wrong,
        _("What is the full name of the head of your household?"),
        _("It only keeps the household from being counted twice: we keep no name, but a seal."),
    )
    return turn.ask(text, CANCEL, MENU, then=household, data={"village": at})


@router.step
async def household(turn: Turn) -> Reply:
    """Take what tells the household from others."""
    at = turn.data.get("village", "")
    away = redirect.unusable(turn, LONGEST_HOUSEHOLD, lambda wrong: _ask_household(turn, at, wrong))
    if away is not None:
        return away
    told = key_of(turn.message.text)
    if not told:
        return _ask_household(turn, at, _("Please answer in words."))
    return _ask(turn, {"village": at, "household": told})


def key_of(household: str) -> str:
    """Give a household's name in one form, whatever its case, marks and spaces."""
    titled = " ".join(fold(household).split())
    return re.sub(r"^(?:ong|ba|anh|chi|co|chu|bac|ho|gia dinh|chu ho)\s+", "", titled)


def _ask(turn: Turn, data: dict[str, str], wrong: Text | None = None) -> Reply:
    app = turn.office.commune.smart_app
    name = app.name if app else ""
    text = lines(wrong, _("Has anybody in your household installed {app}?", app=name))
    return turn.ask(text, YES, NO, CANCEL, MENU, then=installed, data=data)


@router.step
async def installed(turn: Turn) -> Reply:
    """Take the answer; who has not installed it is told how."""
    text = turn.message.text
    yes = turn.message.choice == YES.key or questions.says_yes(text) or means(text) is True
    no = turn.message.choice == NO.key or questions.says_no(text) or means(text) is False
    if not (yes or no) or turn.message.attachments:
        data = dict(turn.data)
        away = redirect.unusable(turn, LONGEST_HOUSEHOLD, lambda wrong: _ask(turn, data, wrong))
        return away or _ask(turn, data, _("Please answer yes or not yet."))
    answer = HouseholdAnswer(
        question_at(turn), turn.data["village"], turn.data["household"], yes, "chat"
    )
    thanks = _("Thank you. Your household is counted.")
    return turn.end(lines(thanks, *([] if yes else ["", *_guide(turn)])), MENU, effects=(answer,))


def _guide(turn: Turn) -> list[Sayable]:
    app = turn.office.commune.smart_app
    if app is None:
        return []
    return [
        _("How to install {app}:", app=app.name),
        app.guide,
        _("Link: {link}", link=shown(app.link)),
    ]


def means(answer: str) -> bool | None:
    """Read how a list says yes or no; None where it says neither."""
    said = fold(answer).strip(" .!")
    if said in {"1", "x", "co", "roi", "da cai", "da cai dat", "yes", "co roi", "da co"}:
        return True
    if said in {"0", "-", "khong", "chua", "chua cai", "chua cai dat", "no", "chua co"}:
        return False
    return None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of households as it was read.

    Attributes:
        rows: household in one form → its answer; of one that stands twice the last.
        unread: the lines that could not be read, with their numbers.
    """

    rows: dict[str, bool]
    unread: tuple[tuple[int, str], ...]


def read_list(text: str) -> Listed:
    """Read lines "name of the head; yes or no"."""
    rows: dict[str, bool] = {}
    unread = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _ROW.match(line.strip())
        answer = means(found["answer"]) if found else None
        key = key_of(found["household"]) if found else ""
        if answer is None or not key:
            unread.append((number, line.strip()[:40]))
        else:
            rows[key] = answer
    return Listed(rows, tuple(unread))


@router.command("hodan", "households", takes=r".+", apart=False, roles=ENTERING)
async def enter(turn: Turn) -> Reply:
    """Enter a village's list: `/hodan VILLAGE`, then a line for each household."""
    name, _newline, rest = turn.words.partition("\n")
    found = village_named(turn.office.commune, name)
    if not found:
        example = lines(
            _("Which village? Write the command with its name, then a line for each household:"),
            "/hodan Thôn A",
            "Nguyễn Văn A; có",
            "Trần Thị B; chưa",
        )
        return turn.end(example)
    return _entered(turn, found, rest) if rest.strip() else _ask_list(turn, found)


def _ask_list(turn: Turn, at: str, wrong: Text | None = None) -> Reply:
    text = lines(
        wrong,
        _("Please send the households of {village}, a line for each:", village=at),
        "Nguyễn Văn A; có",
        "Trần Thị B; chưa",
        _("Send /huy to leave it."),
    )
    return turn.ask(text, then=rows, data={"village": at})


@router.step
async def rows(turn: Turn) -> Reply:
    """Take the lines of a list."""
    if not turn.person.has(*ENTERING):
        return turn.end(_("The question that waited is dropped."), MENU)
    at = turn.data.get("village", "")
    wrong = questions.no_answer(turn, LONGEST_LIST)
    if wrong is not None or not turn.message.text.strip():
        return _ask_list(turn, at, wrong or _("Please answer in words."))
    return _entered(turn, at, turn.message.text)


def _entered(turn: Turn, at: str, text: str) -> Reply:
    found = read_list(text[:LONGEST_LIST])
    if not found.rows:
        return _ask_list(turn, at, _("None of the lines could be read."))
    question = question_at(turn)
    effects = (
        HouseholdAnswer(question, at, one, answer, "list") for one, answer in found.rows.items()
    )
    told = lines(
        ngettext("{n} household is kept.", "{n} households are kept.", len(found.rows)),
        _("These lines could not be read:") if found.unread else None,
        *(_("- line {n}: {words}", n=number, words=words) for number, words in found.unread[:20]),
    )
    return turn.end(told, Offer("/uoctinh", _("Estimate")), effects=tuple(effects))


@router.command("uoctinh", "estimate", roles=ENTERING)
async def estimate(turn: Turn) -> Reply:
    """Tell the estimate: by village and together, with interval and coverage."""
    commune = turn.office.commune
    counts = await turn.read.households.counts(question_at(turn))
    shares = by_village(commune, counts)
    whole = together(shares)
    app = commune.smart_app
    text = lines(
        _("Households with {app}", app=app.name if app else "…"),
        _("Counted completely.")
        if whole.complete
        else _("ESTIMATE from a survey: who answers is not drawn by chance."),
        "",
        told(_("Commune"), whole),
        *(told(name, one) for name, one in shares.items()),
        _(
            "The number of households is not updated yet: {villages}",
            villages=", ".join(name for name, one in shares.items() if one.of is None)
            or _("all villages"),
        )
        if whole.of is None
        else None,
    )
    return turn.end(text)


def told(name: str | Text, found: Share) -> Text:
    """Tell a share with its interval and coverage."""
    if found.part is None:
        return _("- {name}: no answer yet", name=name)
    if found.complete:
        return _(
            "- {name}: {yes} of {answers} households = {part}%, all asked",
            name=name,
            yes=found.yes,
            answers=found.answers,
            part=percent(found.part),
        )
    return _(
        "- {name}: {yes} of {answers} households = {part}% ({low}–{high}%), asked: {coverage}",
        name=name,
        yes=found.yes,
        answers=found.answers,
        part=percent(found.part),
        low=percent(found.low),
        high=percent(found.high),
        coverage=_("{part}%", part=percent(found.coverage))
        if found.coverage is not None
        else _("not known"),
    )


def percent(part: float) -> float:
    """Give a share in per cent with one digit behind the comma."""
    return round(100 * part, 1)
