"""Feedback step by step: category, what happened, photos, place, a look at it all, and sending."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from handlers import cards, filing, questions, redirect
from handlers.matter import Matter, data_of, matter_of
from handlers.questions import CANCEL, MENU, PERSON, together
from handlers.routing import Reply, Router, Turn
from handlers.understanding import guess_category, is_emergency
from messages.languages import say
from messages.text import Sayable, Text, _, lines, ngettext
from messages.vietnamese import fold, words
from storage.outbox import Offer

router = Router()

LONGEST_PLACE = 300
"""Characters of a place told in words."""

EXAMPLE = _("For example: The street light in front of number 12 has been out for a week.")

NEXT = Offer("draft:next", _("Continue"))
SKIP = Offer("draft:skip", _("Skip"))

SEND = Offer("draft:send", _("Send"))
ANONYMOUS = Offer("draft:anonymous", _("Send without my name"))
ADD = Offer("draft:more", _("Add photos and the place"))
OTHER = Offer("draft:category", _("Change the category"))
ANEW = Offer("draft:story", _("Write it anew"))

Ask = Callable[..., Reply]


def ask_category(turn: Turn, matter: Matter, *before: Sayable) -> Reply:
    """Ask what it is about."""
    choices = (Offer(f"category:{one.id}", one.title) for one in turn.office.commune.categories)
    return turn.ask(
        together(*before, _("What is it about? Please choose.")),
        *choices,
        CANCEL,
        MENU,
        then=category,
        data=data_of(matter),
    )


def ask_story(turn: Turn, matter: Matter, *before: Sayable) -> Reply:
    """Ask what happened."""
    question = STORIES.get(matter.kind, STORIES["feedback"])
    text = together(*before, question, EXAMPLE if matter.kind == "feedback" else None)
    return turn.ask(text, CANCEL, PERSON, MENU, then=story, data=data_of(matter))


STORIES: dict[str, Text] = {
    "feedback": _("Please tell in one message what happened and where."),
    "petition": _("Please tell in one message what you propose."),
    "praise": _("Whom would you like to thank, and for what?"),
    "initiative": _("Please tell in one message what your initiative is and whom it helps."),
    "information_request": _("Which information would you like? Please name it in one message."),
    "technical_error": _("What does not work, and what do you see? Please tell in one message."),
    "home_service": _("Who needs help at home, for which procedure, and at what address?"),
    "data_access": _("Which of your personal data would you like to see or be given? Please tell."),
    "data_correction": _("What is wrong in your personal data, and what is right? Please tell."),
    "data_restriction": _(
        "Which use of your personal data should end or be restricted? Please tell in one message."
    ),
}


def ask_photos(turn: Turn, matter: Matter, *before: Sayable) -> Reply:
    """Ask for photos."""
    text = together(*before, _("Do you have photos? Send them now, or choose Continue."))
    return turn.ask(text, NEXT, CANCEL, MENU, then=photos, data=data_of(matter))


def ask_place(turn: Turn, matter: Matter, *before: Sayable) -> Reply:
    """Ask where it is."""
    villages = turn.office.commune.villages
    choices = (Offer(f"village:{n}", questions.short(name)) for n, name in enumerate(villages))
    question = (
        _("Where is it? Choose the village, send your location, or tell the place in words.")
        if villages
        else _("Where is it? Send your location, or tell the place in words.")
    )
    return turn.ask(
        together(*before, question),
        *choices,
        SKIP,
        CANCEL,
        MENU,
        then=place,
        data=data_of(matter),
        ask="location",
    )


def ask_to_send(turn: Turn, matter: Matter, *before: Sayable) -> Reply:
    """Show what was gathered and ask whether to send it."""
    where = ", ".join(part for part in (matter.place, matter.village) if part)
    text = lines(
        *before,
        _("Please look it over before sending:"),
        _(
            "Category: {category}",
            category=cards.category_title(turn.office, filing.place_of(turn, matter)[0]),
        ),
        matter.text,
        *cards.counted([one.kind for one in matter.files]),
        _("Place: {place}", place=where) if where else None,
        _("Your location on the map is attached.") if matter.latitude is not None else None,
        "",
        turn.office.commune.privacy.line,
        "",
        _("Shall we send it?"),
    )
    return turn.ask(
        text,
        SEND,
        ANONYMOUS,
        ADD,
        OTHER,
        ANEW,
        CANCEL,
        MENU,
        then=preview,
        data=data_of(replace(matter, previewed=True)),
    )


def ask_again(turn: Turn, *before: Sayable) -> Reply | None:
    """Repeat the question that waits, None where none of these steps does."""
    ask = {
        category.name: ask_category,
        story.name: ask_story,
        photos.name: ask_photos,
        place.name: ask_place,
        preview.name: ask_to_send,
    }.get(turn.person.step)
    return ask(turn, matter_of(turn), *before) if ask else None


def _take(turn: Turn, ask: Ask, *, joins: bool = False) -> Matter | Reply:
    """Take photos and pins, and refuse what answers nothing or may not be taken.

    Args:
        turn: the turn.
        ask: repeats the question of the step.
        joins: whether the words join the story, whose length is limited.

    Gives the matter where the message has words or a choice to be answered by the step; else the
    reply: to photos alone one acknowledgement for each album.
    """
    before = matter_of(turn)
    matter = before.gathered(turn)
    limits = turn.office.commune.limits
    text = turn.message.text.strip()
    if not text and (questions.files(turn) or questions.pin(turn)):
        if stopped := redirect.stop(turn, before.text, before.cleared):
            return stopped
        same_album = bool(before.album) and turn.message.album == before.album
        if same_album and len(matter.files) - len(before.files) == len(questions.files(turn)):
            return Reply(data=data_of(matter))
        return ask(turn, matter, *_received(turn, before, matter))
    longest = max(limits.story - len(before.text), 1) if joins else limits.story
    away = redirect.unusable(
        turn,
        longest,
        lambda wrong: ask(turn, matter, wrong),
        context=before.text,
        cleared=before.cleared,
    )
    return matter if away is None else away


def _received(turn: Turn, before: Matter, matter: Matter) -> tuple[Text, ...]:
    """Acknowledge photos and pins, and tell where there were too many."""
    most = turn.office.commune.limits.photos
    added = len(matter.files) - len(before.files)
    return (
        *(
            (ngettext("I have received {n} file.", "I have received {n} files.", added),)
            * (added > 0)
        ),
        *(
            (_("No more than {most} files can go with it.", most=most),)
            * (added < len(questions.files(turn)))
        ),
        *((_("I have received your location."),) * (questions.pin(turn) is not None)),
    )


@router.step
async def category(turn: Turn) -> Reply:
    """Take what it is about: a choice, a title, or the story itself."""
    matter = _take(turn, ask_category)
    if isinstance(matter, Reply):
        return matter
    commune = turn.office.commune
    text = turn.message.text.strip()
    chosen = commune.category(turn.message.choice.removeprefix("category:"))
    chosen = chosen or (None if turn.message.choice else commune.category_by_title(text))
    if chosen:
        return await _onward(turn, replace(matter, category=chosen.id))
    if not turn.message.choice and not matter.words and guess_category(text):
        return await _tell(turn, matter, text)
    wrong = _("I did not find that in the list. Please send its number, for example 1.")
    return ask_category(turn, matter, wrong)


@router.step
async def story(turn: Turn) -> Reply:
    """Take what happened, in words or as a voice message."""
    if questions.is_voice(turn):
        spoken = matter_of(turn).gathered(turn)
        return await _onward(turn, spoken.told(turn, say(_("(voice message)"), turn.language)))
    matter = _take(turn, ask_story, joins=True)
    if isinstance(matter, Reply):
        return matter
    if turn.message.choice:
        return ask_story(turn, matter)
    return await _tell(turn, matter, turn.message.text.strip())


async def _tell(turn: Turn, matter: Matter, text: str) -> Reply:
    """Take the words; where they speak of an emergency the numbers come first."""
    told = matter.told(turn, text)
    if told.at_once:
        return await filing.file(turn, told)
    return await urgent(turn, told, _onward)


async def urgent(
    turn: Turn, matter: Matter, then: Callable[[Turn, Matter], Awaitable[Reply]]
) -> Reply:
    """Go on with a matter; where it speaks of an emergency, say whom to call before anything."""
    if matter.warned or not is_emergency(matter.text):
        return await then(turn, matter)
    return redirect.with_numbers(turn, await then(turn, replace(matter, warned=True)))


async def _onward(turn: Turn, matter: Matter) -> Reply:
    """Ask what is still missing; what was seen put together is shown again."""
    if not matter.words:
        return ask_story(turn, matter)
    return ask_to_send(turn, matter) if matter.previewed else ask_photos(turn, matter)


@router.step
async def photos(turn: Turn) -> Reply:
    """Take photos, until there are no more; words join the story."""
    matter = _take(turn, ask_photos, joins=True)
    if isinstance(matter, Reply):
        return matter
    text = turn.message.text.strip()
    if turn.message.choice == NEXT.key or questions.says_no(text) or fold(text) in DONE:
        is_placed = matter.latitude is not None or matter.place or matter.village
        return (ask_to_send if is_placed else ask_place)(turn, matter)
    if turn.message.choice:
        return ask_photos(turn, matter)
    added = _("I have added that to your words.")
    return ask_photos(turn, matter.told(turn, text), added)


DONE = frozenset(
    ("xong", "het", "tiep", "tiep tuc", "het roi", "xong roi", "done", "next", "continue")
)
"""How people say that there is nothing more."""


@router.step
async def place(turn: Turn) -> Reply:
    """Take where it is: a pin, a village, or words."""
    if questions.pin(turn) and not turn.message.text:
        return ask_to_send(turn, matter_of(turn).gathered(turn))
    matter = _take(turn, ask_place)
    if isinstance(matter, Reply):
        return matter
    placed = _placed(turn, matter)
    if isinstance(placed, Matter):
        return ask_to_send(turn, placed)
    return ask_place(turn, matter, placed)


def _placed(turn: Turn, matter: Matter) -> Matter | Text:
    """Give the matter with its place, or what is wrong with the answer."""
    choice, text = turn.message.choice, turn.message.text.strip()
    if choice == SKIP.key or (not choice and questions.says_no(text)):
        return matter
    number = choice.removeprefix("village:")
    villages = turn.office.commune.villages
    if number.isdecimal() and int(number) < len(villages):
        return replace(matter, village=villages[int(number)])
    if len(text) > LONGEST_PLACE:
        return questions.too_long(LONGEST_PLACE)
    if choice or not any(letter.isalpha() for letter in text):
        return _("For example: Near the gate of the primary school.")
    return replace(matter, place=text)


@router.step
async def preview(turn: Turn) -> Reply:
    """Send it, drop it, or change something; a sentence more joins the story."""
    matter = _take(turn, ask_to_send, joins=True)
    if isinstance(matter, Reply):
        return matter
    choice = turn.message.choice
    if choice in {SEND.key, ANONYMOUS.key} or (
        not choice and questions.says_yes(turn.message.text)
    ):
        return await filing.file(turn, replace(matter, anonymous=choice == ANONYMOUS.key))
    if choice in {ADD.key, OTHER.key}:
        return (ask_photos if choice == ADD.key else ask_category)(turn, matter)
    if choice == ANEW.key:
        return ask_story(turn, replace(matter, words=()))
    return await _typed(turn, matter, "" if choice else turn.message.text.strip())


async def _typed(turn: Turn, matter: Matter, text: str) -> Reply:
    """Take words at a look at it all: a plain no, more of the story, or nothing that helps."""
    if fold(text).strip(" .!") in DROP:
        return turn.end(_("What you were writing is dropped. Nothing was sent."), PERSON, MENU)
    if len(words(text)) >= A_SENTENCE:
        return await urgent(turn, matter.told(turn, text), _with_more)
    wrong = _("Please choose what to do with it, for example 1 to send it.")
    return ask_to_send(turn, matter, wrong)


async def _with_more(turn: Turn, matter: Matter) -> Reply:
    return ask_to_send(turn, matter, _("I have added that to your words."))


DROP = frozenset(("khong", "khong gui", "khong gui nua", "thoi", "thoi khong gui", "no"))
"""How people answer no to "Shall we send it?"."""

A_SENTENCE = 3
"""Syllables from which on a text tells something; fewer may be a slip of the finger."""
