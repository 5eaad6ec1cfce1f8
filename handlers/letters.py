"""The commune's letters: what waits, the register, and a leader's approval with one button."""

from collections.abc import Mapping
from typing import Final

from handlers import joined, letter_drafting
from handlers.desk_ticket import Shortened
from handlers.letter_drafting import LEADER, STAFF, acts, said
from handlers.letter_forms import Form, LetterForms
from handlers.office import CannotPrint
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from messages.codes import ALPHABET, ticket_code
from messages.envelope import Attachment, AttachmentKind
from messages.languages import ZONE
from messages.text import Sayable, Text, _, lines
from storage.evidence import Evidence
from storage.letter_book import (
    ApproveLetter,
    DeclineLetter,
    Files,
    LetterState,
    OfficialLetter,
)
from storage.outbox import Draft

router = Router()
router.include(letter_drafting.router)

CODE = rf"TH\d{{4}}-[{ALPHABET}]{{4}}"
"""The code of a letter: the month in which it was drafted, and four letters drawn by chance."""

PURPOSES: Final[Mapping[str, Text]] = {
    "congratulation": _("congratulation"),
    "condolence": _("condolence"),
    "thanks": _("thanks"),
    "apology": _("apology"),
    "commendation": _("commendation"),
}
"""Kind → its short name in lists."""

NAMES: Final[Mapping[LetterState, Text]] = {
    LetterState.DRAFT: _("waits for a leader"),
    LetterState.APPROVED: _("approved"),
    LetterState.DECLINED: _("turned down"),
}


@router.command("thu", "letters", takes=CODE, roles=STAFF)
async def home(turn: Turn) -> Reply:
    """Show what waits and what can be drafted; `/thu CODE` one letter or the ticket it is for."""
    code = turn.words.strip().upper()
    forms = turn.office.letters
    if forms is None:
        return turn.end(_("This commune has no forms of letters."))
    if code and (ticket := ticket_code(code)):
        return await _for_ticket(turn, forms, ticket)
    if code:
        letter = await turn.read.letters.one(code)
        if letter is None:
            return turn.end(_("There is no letter {code}.", code=code), Offer("/thu", _("Letters")))
        return await _show(turn, forms, letter)
    waiting = await turn.read.letters.drafts()
    text = lines(
        _("Letters of the commune"),
        *(_line(one) for one in waiting),
        _("No draft is waiting.") if not waiting else None,
        "",
        _("Which letter would you like to draft?"),
        _("For the person of a ticket: {example}", example="/thu PA2611-7K3M"),
    )
    shown = (Offer(f"/thu {one.code}", one.code) for one in waiting)
    return turn.end(text, *shown, *_kinds(forms), Offer("/sothu", _("Register of letters")))


def _kinds(forms: LetterForms, ticket: str = "") -> list[Offer]:
    return [
        Offer(f"/soanthu {form.id} {ticket}".rstrip(), Shortened(form.title))
        for form in forms.file.letters
    ]


def _line(letter: OfficialLetter) -> Text:
    return _(
        "- {code}: {kind}, {state}",
        code=letter.code,
        kind=PURPOSES[letter.kind],
        state=NAMES[letter.state],
    )


async def _for_ticket(turn: Turn, forms: LetterForms, code: str) -> Reply:
    ticket = await turn.read.ticket(code)
    if ticket is None:
        return turn.end(_("There is no ticket {code}.", code=code), Offer("/thu", _("Letters")))
    text = _("Which letter would you like to draft for ticket {code}?", code=code)
    return turn.end(text, *_kinds(forms, code))


@router.command("sothu", "register", takes=r"\d{4}", roles=STAFF)
async def register(turn: Turn) -> Reply:
    """List the letters of a year by number."""
    typed = turn.words.strip()
    year = int(typed) if typed.isdecimal() else turn.now.astimezone(ZONE).year
    found = await turn.read.letters.register(year)
    if not found:
        return turn.end(
            _("No letter was approved in {year}.", year=year), Offer("/thu", _("Letters"))
        )
    text = lines(
        _("Register of letters, {year}", year=year),
        *(
            _(
                "{number}: {kind}, {day}, {code}",
                number=f"{one.number:02}",
                kind=PURPOSES[one.kind],
                day=(one.decided_at or one.drafted_at).astimezone(ZONE).date(),
                code=one.code,
            )
            for one in found
        ),
    )
    return turn.end(text, Offer("/thu", _("Letters")))


async def _show(turn: Turn, forms: LetterForms, letter: OfficialLetter) -> Reply:
    turn = turn.alone()
    form = forms.form(letter.kind)
    if form is None or set(letter.fields) < {blank.id for blank in form.fields}:
        return turn.end(_("The form of letter {code} has changed since.", code=letter.code))
    text = lines(
        _line(letter),
        _("Number: {number}", number=f"{letter.number:02}") if letter.number else None,
        "",
        said(form, letter.fields),
    )
    offers: tuple[Offer, ...] = ()
    if letter.state is LetterState.DRAFT and turn.person.has(*LEADER):
        offers = acts(letter.code)
    kept = attached(letter, letter.files, word=True) if letter.files else ()
    reply = turn.letter(text, *offers, Offer("/thu", _("Letters")), attachments=kept)
    return Reply((reply,), "", {})


def attached(letter: OfficialLetter, files: Files, *, word: bool = False) -> tuple[Attachment, ...]:
    """Give a letter's picture and PDF, and for officials the Word file."""
    name = f"thu-{letter.code}"
    pdf = Attachment(AttachmentKind.FILE, f"media:{files.pdf}", f"{name}.pdf", "application/pdf")
    picture = Attachment(AttachmentKind.IMAGE, f"media:{files.picture}", f"{name}.png", "image/png")
    docx = Attachment(AttachmentKind.FILE, f"media:{files.word}", f"{name}.docx")
    return (picture, pdf, docx) if word else (picture, pdf)


@router.command("duyetthu", "approveletter", takes=CODE, roles=LEADER)
async def approve(turn: Turn) -> Reply:
    """Approve a draft with one button: number, files, delivery, evidence."""
    turn = turn.alone()
    letter = await _draft_named(turn)
    if isinstance(letter, Reply):
        return letter
    forms, press = turn.office.letters, turn.office.press
    form = forms.form(letter.kind) if forms else None
    if forms is None or form is None or press is None:
        return turn.end(_("This commune has no forms of letters."))
    day = turn.now.astimezone(ZONE).date()
    number = await turn.read.letters.next_number(day.year)
    sheet = forms.sheet(form, letter.fields, number=number, day=day, by=turn.office.commune)
    try:
        files = await press.print(sheet)
    except CannotPrint as error:
        return turn.end(
            lines(
                _("Letter {code} cannot be set; nothing was sent.", code=letter.code),
                _("Please check the template: {problem}", problem=str(error)[:300]),
            )
        )
    effects = (
        ApproveLetter(letter.code, day.year, number, files),
        Evidence(f"letter.{letter.kind}", about=letter.code),
    )
    told = lines(
        _("Letter {code} is approved with number {number}.", code=letter.code, number=sheet.number),
        _("It is on its way to the citizen in the chat.")
        if letter.person_id
        else _("Please print it and hand it over; the file is attached."),
    )
    kept = attached(letter, files, word=True)
    mine = turn.letter(told, Offer("/sothu", _("Register of letters")), attachments=kept)
    reply = Reply((mine,), "", {}, effects)
    reply = reply.and_tell(*await _to_drafter(turn, letter, told, kept))
    return reply.and_tell(*await _delivered(turn, letter, form, files))


async def _delivered(
    turn: Turn, letter: OfficialLetter, form: Form, files: Files
) -> tuple[Draft, ...]:
    """Write the letter to its citizen, where they last wrote."""
    ticket = await turn.read.ticket(letter.ticket) if letter.ticket else None
    if letter.person_id is None or ticket is None:
        return ()
    text = lines(
        _("The chair of the People's Committee has sent you a letter."),
        "",
        said(form, letter.fields),
    )
    to = await joined.recipient(turn, ticket)
    return (
        Draft(
            to,
            text,
            attachments=attached(letter, files),
            ticket=ticket.code,
            purpose=Purpose.NOTICE,
            report_to=letter.drafted_by,
        ),
    )


async def _to_drafter(
    turn: Turn, letter: OfficialLetter, text: Sayable, files: tuple[Attachment, ...] = ()
) -> tuple[Draft, ...]:
    if letter.drafted_by == turn.person.id:
        return ()
    to = await turn.read.recipient(letter.drafted_by)
    return (Draft(to, text, attachments=files, purpose=Purpose.CARD, restart=False),)


@router.command("tralaithu", "declineletter", takes=CODE, roles=LEADER)
async def decline(turn: Turn) -> Reply:
    """Turn a draft down; its occasion is free for a better one."""
    letter = await _draft_named(turn)
    if isinstance(letter, Reply):
        return letter
    told = _("Letter {code} is turned down. It may be drafted anew.", code=letter.code)
    reply = turn.end(told, Offer("/thu", _("Letters")), effects=(DeclineLetter(letter.code),))
    return reply.and_tell(*await _to_drafter(turn, letter, told))


async def _draft_named(turn: Turn) -> OfficialLetter | Reply:
    code = turn.words.strip().upper()
    letter = await turn.read.letters.one(code) if code else None
    if letter is None:
        return turn.end(_("There is no letter {code}.", code=code), Offer("/thu", _("Letters")))
    if letter.state is not LetterState.DRAFT:
        text = _("Letter {code} is {state} already.", code=code, state=NAMES[letter.state])
        return turn.end(text, Offer(f"/thu {code}", code))
    return letter
