"""What free text leads to: each intent has the conversation that takes it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from handlers import advice, drafting, phrases, questions, redirect, unanswered
from handlers.intents import Intent
from handlers.matter import Matter, data_of, matter_of
from handlers.questions import MENU, PERSON, title_of
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Meaning, Understanding, guess_category, understand
from messages.text import Text, _, lines
from messages.vietnamese import read
from storage.outbox import Offer

router = Router()

Takes = Callable[[Turn, Understanding], Awaitable[Reply]]

LIKELIEST = 3

_WITHOUT_GUIDE = frozenset({Intent.UNKNOWN, Intent.PROCEDURE})
"""What is offered as one of these was a question that no guide answered for certain."""


async def _denounces(turn: Turn, _understood: Understanding) -> Reply:
    return redirect.denunciation(turn)


async def _complains(turn: Turn, _understood: Understanding) -> Reply:
    return redirect.complaint(turn)


TAKEN: dict[Intent, Takes] = {Intent.DENUNCIATION: _denounces, Intent.COMPLAINT: _complains}
"""Intent → the conversation that takes it; each conversation adds its own when it is imported."""


def takes(*intents: Intent) -> Callable[[Takes], Takes]:
    """Register what takes texts of these intents."""

    def register(handler: Takes) -> Takes:
        for intent in intents:
            if intent in TAKEN:
                raise ValueError(f"two conversations take {intent}")
            TAKEN[intent] = handler
        return handler

    return register


TITLES: Final[Mapping[Intent, Text]] = {
    Intent.PROCEDURE: _("Ask about a procedure"),
    Intent.CLARIFY: _("Ask about a procedure"),
    Intent.QR_GUIDANCE: _("Read a guide from a QR code"),
    Intent.FEEDBACK: _("Send feedback"),
    Intent.PETITION: _("Send a proposal"),
    Intent.PRAISE: _("Send thanks or praise"),
    Intent.INITIATIVE: _("Send an initiative"),
    Intent.INFORMATION_REQUEST: _("Ask for information"),
    Intent.TECHNICAL_ERROR: _("Report a technical fault"),
    Intent.HOME_SERVICE: _("Ask for service at home"),
    Intent.HOTLINE: _("Telephone numbers"),
    Intent.RECEPTION_SCHEDULE: _("Reception days and hours"),
    Intent.FRIDAY_NO_APPOINTMENT: _("Friday without appointment"),
    Intent.DOSSIER_STATUS: _("Look up my dossier"),
    Intent.OVERDUE: _("My dossier is late"),
    Intent.HUMAN_HANDOVER: _("Talk to an officer"),
    Intent.DATA_SUBJECT_REQUEST: _("My personal data"),
    Intent.SURVEY_RESPONSE: _("Rate an answer"),
}
"""Intent → how it is offered; those that are stopped are never offered."""


async def answer(turn: Turn) -> Reply:
    """Answer free text: act where its meaning is sure, else offer the likeliest meanings.

    `turn.words` is the text.
    """
    text = turn.words
    if stopped := redirect.stop(turn, text):
        return stopped
    understood = understand(text, turn.office.catalogue)
    if _only_named(understood, text):
        return offer(turn, understood)
    if understood.sure or understood.intent is Intent.CLARIFY:
        return await act(turn, understood)
    reply = offer(turn, understood)
    return await advice.beside(turn, understood, text, reply) if asks(text) else reply


def _only_named(understood: Understanding, text: str) -> bool:
    """Tell a trouble that shares its words with a procedure from a question about it."""
    named = understood.intent is Intent.PROCEDURE and not asks(text)
    return named and guess_category(text) is not None


def asks(text: str) -> bool:
    """Tell whether a text asks for something, in the words with which people ask, or by a code."""
    reading = read(text)
    where = (
        phrases.WHERE_MARKED.search(reading.text)
        if reading.marked
        else phrases.WHERE_BARE.search(reading.line)
    )
    return bool(where or phrases.WANTS.search(reading.line) or _CODE.search(reading.text))


_CODE = re.compile(r"\b(?:[a-z]{2}\d{2}|\d\.\d{6})\b")


async def act(turn: Turn, understood: Understanding) -> Reply:
    """Begin the conversation that takes an intent; one that nobody takes is offered as unknown."""
    handler = TAKEN.get(understood.intent)
    return await handler(turn, understood) if handler else offer(turn, understood)


def offer(turn: Turn, understood: Understanding) -> Reply:
    """Offer the likeliest meanings and a person."""
    choices = tuple(_choices(turn, understood.likely))
    if questions.is_busy(turn):
        return questions.reminded(turn, turn.say(_not_understood(), PERSON, MENU))
    letter = turn.letter(
        lines(_not_understood(), _("What do you mean? Please choose, or say it in other words."))
        if choices
        else _not_understood(),
        *choices,
        *(() if Intent.FEEDBACK in _intents(understood) else (_kept(Intent.FEEDBACK),)),
        PERSON,
        MENU,
    )
    kept = Matter().gathered(turn).told(turn, turn.words)
    reply = Reply((letter,), meant.name, data_of(kept))
    if understood.intent not in _WITHOUT_GUIDE or not asks(turn.words):
        return reply
    nearest = tuple(code for code, _score in understood.procedures)
    return reply.also(unanswered.kept(turn.words, nearest))


def _not_understood() -> Text:
    return _("I am not sure that I understood you.")


def _intents(understood: Understanding) -> set[Intent]:
    return {meaning.intent for meaning in understood.likely[:LIKELIEST]}


def _kept(intent: Intent) -> Offer:
    return Offer(f"meaning:{intent}", TITLES[intent])


def _choices(turn: Turn, likely: tuple[Meaning, ...]) -> list[Offer]:
    found: dict[str, Offer] = {}
    for meaning in likely[:LIKELIEST]:
        procedure = turn.office.catalogue.by_code(meaning.code) if meaning.code else None
        if meaning.intent in {Intent.PROCEDURE, Intent.CLARIFY} and procedure:
            key = f"/thutuc {procedure.code}"
            found.setdefault(key, Offer(key, title_of(procedure)))
        elif meaning.intent in TITLES:
            one = _kept(meaning.intent)
            found.setdefault(one.key, one)
    return list(found.values())


@router.step
async def meant(turn: Turn) -> Reply:
    """Take which of the offered meanings it is; anything else is new free text."""
    chosen = turn.message.choice.removeprefix("meaning:")
    if turn.message.choice and chosen in {intent.value for intent in TITLES}:
        intent = Intent(chosen)
        text = matter_of(turn).text
        understood = understand(text, turn.office.catalogue)
        again = Understanding(intent, understood.procedures, sure=True, likely=())
        return questions.left(turn, await act(replace(turn, words=text), again))
    if questions.is_courtesy(turn.message.text) and not turn.message.attachments:
        return turn.end(_("You are welcome."), MENU)
    longest = turn.office.commune.limits.story
    hint = _("Please say in a few words what you need, or choose 0 for the menu.")
    away = redirect.unusable(
        turn, longest, lambda wrong: turn.say(lines(wrong, hint), PERSON, MENU)
    )
    if away is not None:
        return away
    if not turn.message.text.strip():
        # A photo behind words that were not understood shows what they tell of.
        return drafting.ask_to_send(turn, matter_of(turn).gathered(turn))
    # What was not understood is over: new words stand for themselves.
    anew = replace(turn, person=replace(turn.person, step="", data={}))
    return questions.left(turn, await answer(anew))
