"""The way in and out: welcome, menu, help, language, cancel, and everything that is no command."""

from dataclasses import replace

from handlers import (
    additions,
    drafting,
    entries,
    feedback,
    groups,
    guidance,
    linking,
    meanings,
    phrases,
    questions,
    redirect,
    surveys,
)
from handlers import roles as officials
from handlers.intents import Intent
from handlers.matter import Matter
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding, understand
from messages.codes import invite_code
from messages.envelope import Kind
from messages.languages import LANGUAGES
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import fold, read
from storage.outbox import Offer

router = Router()
router.include(meanings.router)
router.include(redirect.router)

COMMANDS: tuple[tuple[str, Text], ...] = (
    ("/gopy", _("Send feedback")),
    ("/thutuc", _("Ask about a procedure")),
    ("/hoso", _("Look up my dossier")),
    ("/phieu", _("My tickets")),
    ("/lich", _("Reception days and hours")),
    ("/lienhe", _("Telephone numbers")),
    ("/gapcanbo", _("Talk to an officer")),
    ("/camon", _("Send thanks or praise")),
    ("/sangkien", _("Send an initiative")),
    ("/riengtu", _("My personal data")),
    ("/ngonngu", _("Tiếng Việt / English")),
)
"""What the menu offers, in its order: command and title."""

FOR_OFFICIALS: tuple[tuple[str, str, Text], ...] = (
    ("officer", "/viec", _("My work")),
    ("staff", "/report", _("Report")),
    ("leader", "/report", _("Report")),
)
"""Role, command and title of what the menu offers officials before all else."""

WORDS_OF_LANGUAGES = {
    "vi": "vi",
    "vn": "vi",
    "tieng viet": "vi",
    "viet": "vi",
    "vietnamese": "vi",
    "en": "en",
    "tieng anh": "en",
    "anh": "en",
    "english": "en",
}


def menu_offers(turn: Turn) -> tuple[Offer, ...]:
    """Give the choices of the main menu for a person."""
    own = {command: title for role, command, title in FOR_OFFICIALS if turn.person.has(role)}
    found = (*own.items(), *COMMANDS)
    return tuple(Offer(command, title) for command, title in found)


@router.command("start", "batdau")
async def start(turn: Turn) -> Reply:
    """Welcome a person; a start link may carry a guide or an invitation."""
    payload = (turn.message.payload or turn.words).strip()
    shown = await guidance.scanned(turn) or await entries.scanned(turn)
    if shown is None:
        shown = await surveys.scanned(turn, payload)
    if shown is not None:
        return shown
    if invite_code(payload):
        if (joined := await linking.told(turn, payload)) is not None:
            return joined
        return await officials.redeem(turn, payload)
    return _welcome(turn)


@router.event(Kind.FOLLOWED)
async def followed(turn: Turn) -> Reply:
    """Welcome a person who opened or followed us without writing, or a group that took us in."""
    return groups.taken_in(turn) if turn.message.group else _welcome(turn)


@router.event(Kind.LEFT)
async def left(turn: Turn) -> Reply:
    """Say nothing to a person who left: they would not get it."""
    return turn.quiet()


def _welcome(turn: Turn) -> Reply:
    text = lines(
        _("Hello! This is the information page of {office}.", office=turn.office.commune.office),
        _("I am an automatic assistant: I guide you and take your feedback to the officers."),
        "",
        turn.office.commune.privacy.line,
        "",
        _("What do you need? Choose below, or say it in your own words."),
        _("Please do not send denunciations or identity papers here."),
    )
    return _with_menu(turn, text)


def _with_menu(turn: Turn, text: Sayable) -> Reply:
    """Show the menu; a draft goes on waiting, lighter questions are dropped."""
    if questions.is_busy(turn):
        return questions.reminded(turn, turn.say(text, *menu_offers(turn)))
    return turn.end(text, *menu_offers(turn))


@router.command("menu", "trangchu", "trangchinh", "vetrangchinh", "menuchinh", "batmenu")
async def menu(turn: Turn) -> Reply:
    """Show the main menu."""
    return _with_menu(turn, _("What do you need? Choose below, or say it in your own words."))


@router.command("help", "trogiup", "giupdo")
async def helped(turn: Turn) -> Reply:
    """Tell what can be written."""
    text = lines(
        _("You can write in your own words, or use these commands:"),
        _("/gopy and what happened: send feedback at once"),
        _("/thutuc and a name: papers, time and fee of a procedure"),
        _("/hoso and a code: where your dossier stands"),
        _("/phieu: your tickets; /phieu and a code: one of them"),
        _("/lienhe: telephone numbers; /lich: reception days and hours"),
        _("/gapcanbo and your question: an officer answers you"),
        _("/camon, /sangkien: send thanks, send an initiative"),
        _("/riengtu, /xoadulieu: your personal data; /ngonngu: language"),
        _("/lienket: join your channels; /golienket: take them apart"),
        _("/huy: leave what you have begun; 0: the menu"),
        "",
        *officials.commands(turn.person),
        _("In an emergency:"),
        *redirect.emergency_numbers(turn),
    )
    return questions.reminded(turn, turn.say(text, PERSON, MENU))


@router.command(
    "ngonngu",
    "language",
    "lang",
    takes=r"vi|en|vn|tiếng việt|tieng viet|english|tiếng anh|tieng anh",
)
async def language(turn: Turn) -> Reply:
    """Choose the language, or offer the two there are."""
    wanted = WORDS_OF_LANGUAGES.get(fold(turn.words))
    if wanted is None:
        offers = (Offer(f"/ngonngu {code}", name) for code, name in LANGUAGES.items())
        text = _("Which language would you like? / Ông/bà chọn ngôn ngữ nào?")
        return questions.reminded(turn, turn.say(text, *offers, MENU))
    turn = replace(turn, person=replace(turn.person, language=wanted))
    if again := drafting.ask_again(turn):
        return replace(again, language=wanted)
    reply = turn.say(_("We go on in English."), MENU)
    return replace(questions.reminded(turn, reply), language=wanted)


@router.code(r"english|vietnamese|ti[eế]ng (?:anh|vi[eệ]t)")
async def language_by_name(turn: Turn) -> Reply:
    """Take a language that is named without the word for it."""
    return await language(turn)


@router.command("huy", "cancel", "thoat", "exit", "quaylai")
async def cancel(turn: Turn) -> Reply:
    """Leave whatever waits for an answer, and say what was dropped."""
    return _cancel(turn)


@router.code(
    r"h[uủ][yỷ] b[oỏ]|quay l[aạ]i|tr[oở] l[aạ]i|d[uừ]ng l[aạ]i|tho[aá]t ra"
    r"|(?:th[oô]i )?kh[oô]ng (?:g[uử]i|l[aà]m|vi[eế]t) n[uữ]a"
)
async def cancel_in_words(turn: Turn) -> Reply:
    """Leave what waits, said in more words."""
    return _cancel(turn)


def _cancel(turn: Turn) -> Reply:
    step = turn.person.step
    if not step:
        text = _("There was nothing to cancel.")
    elif step.startswith("drafting."):
        text = _("What you were writing is dropped. Nothing was sent.")
    else:
        text = _("The question that waited is dropped.")
    return turn.end(lines(text, _("What else do you need?")), *menu_offers(turn))


@router.otherwise
async def free(turn: Turn) -> Reply:
    """Take what is no command and answers no question."""
    for ask in (_unusable, _for_a_ticket, _thanks):
        if (reply := await ask(turn)) is not None:
            return reply
    if turn.message.attachments:
        return await _with_photos(turn)
    return await meanings.answer(turn)


async def _unusable(turn: Turn) -> Reply | None:
    """Answer what says nothing, is too long, or may not be taken."""
    longest = turn.office.commune.limits.story
    return redirect.unusable(turn, longest, lambda wrong: turn.say(wrong, *menu_offers(turn)))


async def _for_a_ticket(turn: Turn) -> Reply | None:
    """Add what belongs to a ticket: what was asked for, or what comes after it was filed."""
    text = turn.message.text.strip()
    ticket = await additions.awaited(turn)
    if ticket is None or (text and additions.is_elsewhere(turn, text)):
        return await additions.more(turn)
    return await additions.join(turn, ticket, text)


async def _thanks(turn: Turn) -> Reply | None:
    """Answer thanks, which ask for nothing."""
    thanks = questions.is_courtesy(turn.message.text) and not turn.message.attachments
    # Without choices, so that the numbers of the letter before still stand.
    return turn.say(_("You are welcome.")) if thanks else None


async def _with_photos(turn: Turn) -> Reply:
    """Take photos and pins, with or without words: mostly something to be reported."""
    if not turn.message.text.strip():
        received = (
            _("I have received your location.")
            if questions.pin(turn)
            else _("I have received your photos.")
        )
        return drafting.ask_story(turn, Matter().gathered(turn), received)
    understood = understand(turn.words, turn.office.catalogue)
    if understood.sure and understood.intent not in additions.JOINS:
        return await meanings.act(turn, understood)
    kind = feedback.KINDS.get(understood.intent, "feedback") if understood.sure else "feedback"
    return await feedback.offered(turn, kind)


@meanings.takes(Intent.GREETING)
async def greeting(turn: Turn, _understood: Understanding) -> Reply:
    """Greet back and show the menu; who asks what we are is told."""
    if phrases.WHO.search(read(turn.words).line):
        told = lines(
            _("I am an automatic assistant: I guide you and take your feedback to the officers."),
            _("What do you need? Choose below, or say it in your own words."),
        )
        return turn.say(told, PERSON, *menu_offers(turn))
    hello = _("Hello! What do you need? Choose below, or say it in your own words.")
    return turn.say(hello, *menu_offers(turn))
