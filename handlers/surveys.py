"""Surveys: answered in the chat or entered from paper, once a person and round, without names."""

import json
import re
from collections.abc import Mapping

from handlers import joined, questions, redirect
from handlers.desk_letters import RATINGS
from handlers.questions import CANCEL, MENU
from handlers.routing import Offer, Reply, Router, Turn
from handlers.survey_forms import Question, Survey, typed_as
from messages.languages import ZONE
from messages.text import Sayable, Text, _, lines
from scoring.estimates import mean, share
from storage.surveys import Answer, Chosen, SurveyResponse

router = Router()

STAFF = ("staff", "leader")
ENTERING = ("staff", "leader", "officer")

LONGEST = 1000
"""Characters of an answer in words."""

WORDS_SHOWN = 20

SKIP = Offer("survey:skip", _("Skip"))
DONE = Offer("survey:done", _("That is all"))

PAYLOAD = re.compile(r"s_([a-z][a-z0-9]*)(?:_([a-z0-9_]+))?")
"""What a start link or a QR code of a survey carries: the survey, and the unit it hangs at."""


def _survey(turn: Turn, survey_id: str) -> Survey | None:
    return next((one for one in turn.office.surveys if one.id == survey_id), None)


def _taker(turn: Turn) -> int:
    return turn.person.joined_to or turn.person.id


async def after_dossier(turn: Turn, unit: str) -> tuple[Offer, ...]:
    """Offer the surveys that follow a returned dossier and that the person has not answered yet."""
    day = turn.now.astimezone(ZONE).date()
    return tuple(
        [
            Offer(typed_as(one, unit, "/"), _("Was it done well?"))
            for one in turn.office.surveys
            if one.offered_after == "dossier" and one.is_open(day)
            if not await _has_answered(turn, one, one.round_at(day))
        ]
    )


async def _has_answered(turn: Turn, survey: Survey, round_: str) -> bool:
    return await joined.has_answered(
        turn, lambda one: turn.read.surveys.has_answered(one, survey.id, round_)
    )


@router.command("khaosat", "survey", takes=r"[a-z0-9]+(?:\s+[a-z_]+)?")
async def choose(turn: Turn) -> Reply:
    """List the open surveys, or begin one: `/khaosat ID [UNIT]`."""
    wanted, _space, unit = turn.words.strip().lower().partition(" ")
    survey = _survey(turn, wanted)
    if survey is not None:
        return await begin(turn, survey, unit.strip())
    day = turn.now.astimezone(ZONE).date()
    found = [one for one in turn.office.surveys if one.is_open(day)]
    if not found:
        return questions.reminded(turn, turn.say(_("No survey is open now."), MENU))
    offers = (Offer(f"/khaosat {one.id}", questions.short(one.title.vi)) for one in found)
    told = _("Which survey would you like to answer? Your name is not kept with the answers.")
    return questions.reminded(turn, turn.say(told, *offers, MENU))


async def scanned(turn: Turn, payload: str) -> Reply | None:
    """Begin the survey whose code was scanned, None where the payload is of none."""
    found = PAYLOAD.fullmatch(payload)
    survey = _survey(turn, found[1]) if found else None
    return await begin(turn, survey, found[2] or "") if found and survey else None


@router.command("phieugiay", "paper", takes=r"[a-z0-9]+(?:\s+[a-z_]+)?", roles=ENTERING)
async def paper(turn: Turn) -> Reply:
    """Enter an answer that came on paper: `/phieugiay ID [UNIT]`."""
    wanted, _space, unit = turn.words.strip().lower().partition(" ")
    survey = _survey(turn, wanted)
    if survey is not None:
        return await begin(turn, survey, unit.strip(), source="paper")
    offers = (
        Offer(f"/phieugiay {one.id}", questions.short(one.title.vi)) for one in turn.office.surveys
    )
    return turn.end(_("Of which survey is the paper?"), *offers, MENU)


async def begin(turn: Turn, survey: Survey, unit: str = "", source: str = "chat") -> Reply:
    """Begin a survey.

    Args:
        turn: the turn of whoever answers or enters it.
        survey: which.
        unit: the unit it is about; one that the commune has not is left out.
        source: "chat" or "paper".
    """
    if questions.is_busy(turn) and not turn.person.step.startswith("surveys."):
        first = _("Please finish what you are writing first, or send /huy to drop it.")
        return turn.say(first)
    day = turn.now.astimezone(ZONE).date()
    if not survey.is_open(day):
        return turn.end(_("The survey “{title}” is not open now.", title=survey.title), MENU)
    if source == "chat" and await _has_answered(turn, survey, survey.round_at(day)):
        return turn.end(_again(survey), MENU)
    known = turn.office.commune.unit(unit) if unit else None
    data = {
        "survey": survey.id,
        "round": survey.round_at(day),
        "unit": known.id if known else "",
        "source": source,
        "question": survey.questions[0].id,
        "answers": "[]",
        "picked": "",
    }
    return _ask(turn, survey.questions[0], data, lines(survey.title, survey.intro, ""))


def _again(survey: Survey) -> Text:
    return _("You have answered “{title}” already. Thank you.", title=survey.title)


def _ask(
    turn: Turn, question: Question, data: Mapping[str, str], before: Sayable | None = None
) -> Reply:
    """Ask a question."""
    picked = data.get("picked", "").split()
    offers: list[Offer] = []
    if question.kind == "scale":
        own: list[Sayable] = [one.title for one in question.options]
        names = own or [title for _n, title in RATINGS]
        offers = [Offer(f"survey:{n}", title, number=n) for n, title in enumerate(names, start=1)]
    elif question.kind != "text":
        offers = [
            Offer(f"survey:{one.id}", questions.short(one.title.say(turn.language)))
            for one in question.options
            if one.id not in picked
        ]
    if question.kind == "multiple" and picked:
        offers.append(DONE)
    if question.optional:
        offers.append(SKIP)
    chosen = ", ".join(one.title.say(turn.language) for one in question.options if one.id in picked)
    text = lines(
        *((before,) if before else ()),
        question.text,
        _("You may choose several, one after the other.") if question.kind == "multiple" else None,
        _("Chosen: {chosen}", chosen=chosen) if chosen else None,
    )
    return turn.ask(text, *offers, CANCEL, MENU, then=answer, data=data)


@router.step
async def answer(turn: Turn) -> Reply:
    """Take the answer to a question, and ask the next."""
    survey = _survey(turn, turn.data.get("survey", ""))
    question = survey.question(turn.data["question"]) if survey else None
    if survey is None or question is None:
        # The commune has changed its surveys meanwhile.
        return turn.end(_("The question that waited is dropped."), MENU)
    data = dict(turn.data)
    away = redirect.unusable(turn, LONGEST, lambda wrong: _ask(turn, question, data, wrong))
    if away is not None:
        return away
    if question.optional and (turn.message.choice == SKIP.key or _skips(turn)):
        return await _next(turn, survey, question, data, [])
    if question.kind == "multiple":
        return await _several(turn, survey, question, data)
    found = _answered(turn, question)
    if found is None:
        wrong = _("Please choose one of the answers.")
        if question.kind == "text":
            wrong = _("Please answer in words.")
        return _ask(turn, question, data, wrong)
    return await _next(turn, survey, question, data, [found])


def _skips(turn: Turn) -> bool:
    return not turn.message.choice and questions.says_no(turn.message.text)


def _answered(turn: Turn, question: Question) -> Answer | None:
    """Read an answer to a single choice, a scale or a question in words."""
    typed = turn.message.text.strip()
    key = turn.message.choice.removeprefix("survey:")
    if question.kind == "text":
        return Answer(question.id, words=typed) if typed and not turn.message.choice else None
    if question.kind == "scale":
        points = key or typed
        return Answer(question.id, value=int(points)) if points in "12345" and points else None
    known = {one.id for one in question.options}
    return Answer(question.id, key) if key in known else None


async def _several(turn: Turn, survey: Survey, question: Question, data: dict[str, str]) -> Reply:
    """Take one of several choices, numbers typed together, or that this is all."""
    picked = data["picked"].split()
    left = [one.id for one in question.options if one.id not in picked]
    key = turn.message.choice.removeprefix("survey:")
    if turn.message.choice != DONE.key:
        typed = [int(n) for n in re.findall(r"\d+", turn.message.text)]
        new = [key] if key in left else [left[n - 1] for n in typed if 1 <= n <= len(left)]
        if not new:
            return _ask(turn, question, data, _("Please choose one of the answers."))
        picked += [one for one in dict.fromkeys(new) if one not in picked]
        several = len(new) > 1
        data["picked"] = " ".join(picked)
        if not several and len(picked) < len(question.options):
            return _ask(turn, question, data)
    if not picked:
        return _ask(turn, question, data)
    return await _next(turn, survey, question, data, [Answer(question.id, one) for one in picked])


async def _next(
    turn: Turn, survey: Survey, question: Question, data: dict[str, str], found: list[Answer]
) -> Reply:
    """Keep the answers, and ask what follows or end."""
    said = json.loads(data["answers"])
    said += [[one.question, one.choice, one.value, one.words] for one in found]
    data |= {"answers": json.dumps(said), "picked": ""}
    after = survey.after(question, found[0].choice if found else "")
    if after is not None:
        data["question"] = after.id
        return _ask(turn, after, data)
    on_paper = data["source"] == "paper"
    if not on_paper and await _has_answered(turn, survey, data["round"]):
        return turn.end(_again(survey), MENU)
    response = SurveyResponse(
        survey.id,
        data["round"],
        data["unit"],
        data["source"],
        [Answer(*one) for one in said],
        None if on_paper else _taker(turn),
    )
    if on_paper:
        more = Offer(f"/phieugiay {survey.id} {data['unit']}".rstrip(), _("Enter the next one"))
        return turn.end(_("The paper is entered."), more, MENU, effects=(response,))
    return turn.end(_("Thank you for your answers."), MENU, effects=(response,))


@router.command("ketqua", "results", takes=r"[a-z0-9]+(?:\s+[\w-]+)?", roles=STAFF)
async def results(turn: Turn) -> Reply:
    """Tell a survey's results: `/ketqua ID [round]`, the running round where none is named."""
    wanted, _space, round_ = turn.words.strip().partition(" ")
    survey = _survey(turn, wanted.lower())
    if survey is None:
        offers = (
            Offer(f"/ketqua {one.id}", questions.short(one.title.vi)) for one in turn.office.surveys
        )
        return turn.end(_("The results of which survey?"), *offers)
    rounds = await turn.read.surveys.rounds(survey.id)
    round_ = round_.strip() or survey.round_at(turn.now.astimezone(ZONE).date())
    chosen = await turn.read.surveys.chosen(survey.id, round_)
    words = await turn.read.surveys.words(survey.id, round_)
    parts: list[Sayable] = [_("{title}, {round}", title=survey.title, round=round_)]
    if not chosen and not words:
        parts.append(_("No answer yet."))
    for question in survey.questions:
        parts += _told(question, [one for one in chosen if one.question == question.id])
        said = [text for name, text in words if name == question.id][:WORDS_SHOWN]
        parts += ["", question.text, *(f"- {one}" for one in said)] if said else []
    parts += ["", _("Who answers is not drawn by chance; the ranges speak of chance alone.")]
    others = (Offer(f"/ketqua {survey.id} {one}", one) for one in rounds if one != round_)
    return turn.end(lines(*parts), *others)


def _told(question: Question, chosen: list[Chosen]) -> list[Sayable]:
    """Tell the counts of a question, of a scale the mean with its interval."""
    total = sum(one.count for one in chosen)
    if not total:
        return []
    told: list[Sayable] = ["", question.text]
    if question.kind == "scale":
        points = [one.value for one in chosen for _time in range(one.count) if one.value]
        found = mean(points)
        told.append(
            _(
                "Mean {mean} of 5 ({low}–{high}), answers: {n}",
                mean=round(found.mean or 0, 2),
                low=round(found.low, 2),
                high=round(found.high, 2),
                n=found.count,
            )
        )
        return told
    counts = {one.choice: one.count for one in chosen}
    for option in question.options:
        count = counts.get(option.id, 0)
        found_share = share(count, total)
        told.append(
            _(
                "- {title}: {n} ({part}%, {low}–{high}%)",
                title=option.title,
                n=count,
                part=round(100 * (found_share.part or 0)),
                low=round(100 * found_share.low),
                high=round(100 * found_share.high),
            )
        )
    return told
