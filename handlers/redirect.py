"""What is not for the service to take: it is stopped, and the person is shown where to go.

A denunciation is taken only in writing or in person (Luật Tố cáo 25/2018/QH14, Đ.22), and who
brings it is secret (Đ.8): none of its words, names or photos enters an effect or a letter. A
complaint needs a signature (Luật Khiếu nại 02/2011/QH13, Đ.8). An emergency cannot wait for an
officer.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from handlers import questions
from handlers.commune import Direction, shown
from handlers.forbidden import complains, forbidden, quotes_denunciation
from handlers.intents import Intent
from handlers.matter import Matter, data_of
from handlers.questions import MENU, PERSON, is_busy, title_of
from handlers.routing import Reply, Router, Turn
from handlers.understanding import is_emergency
from messages.envelope import AttachmentKind, Kind
from messages.text import Lines, Sayable, Text, _, lines
from messages.vietnamese import read
from storage.evidence import DENUNCIATION, WITHHELD, Evidence
from storage.outbox import Draft, Offer

router = Router()

WINDOW = 1500
"""Characters looked at together; the check itself reads no more than 2000."""

STRIDE = 1000

READ_AT_MOST = 20_000
"""Longer texts are never taken, so that their rest need not be read."""


def refused(text: str, cleared: str = "") -> Intent | None:
    """Tell whether words must not be taken: DENUNCIATION, COMPLAINT or nothing.

    Args:
        text: of any length; it is read in stretches that overlap.
        cleared: what the person said that it is not, "denunciation" or "complaint".
    """
    if cleared == "complaint":
        found = {Intent.DENUNCIATION for part in _stretches(text) if _denounced(part)}
    elif cleared == "denunciation":
        found = {Intent.COMPLAINT for part in _stretches(text) if _only_complains(part)}
    else:
        found = {intent for part in _stretches(text) if (intent := forbidden(part))}
    if Intent.DENUNCIATION in found:
        return Intent.DENUNCIATION
    return Intent.COMPLAINT if found else None


def quoted(text: str) -> bool:
    """Tell whether an official's words have a denunciation in them, of any length."""
    return any(quotes_denunciation(part) for part in _stretches(text))


def _stretches(text: str) -> Iterator[str]:
    text = text[:READ_AT_MOST]
    yield text[:WINDOW]
    for start in range(STRIDE, max(len(text) - WINDOW + STRIDE, 0), STRIDE):
        yield text[start : start + WINDOW]


def _denounced(part: str) -> bool:
    return forbidden(part) is Intent.DENUNCIATION


def _only_complains(part: str) -> bool:
    # What was taken for a denunciation by mistake is not to be stopped again under another name.
    return forbidden(part) is not Intent.DENUNCIATION and complains(read(part))


def stop(turn: Turn, text: str, cleared: str = "") -> Reply | None:
    """Give the reply to words that must not be taken, None where they may be.

    Every text of a person passes here before it enters an effect, a letter to somebody else or
    the data of a step, and the names of the files that come with it, which are kept as well. The
    reply drops whatever the conversation had gathered.
    """
    intent = refused("\n".join([text, *_names(turn)]), cleared)
    if intent is None:
        return None
    reply = denunciation(turn) if intent is Intent.DENUNCIATION else complaint(turn)
    return with_numbers(turn, reply) if is_emergency(text) else reply


def _names(turn: Turn) -> Iterator[str]:
    """Give the names of what came with a message, as far as a person chose them."""
    for attachment in turn.message.attachments:
        if attachment.kind is not AttachmentKind.STICKER and attachment.name:
            # "to_cao.docx" is two words, and its ending none of the person's.
            yield attachment.name.rpartition(".")[0] or attachment.name


def unusable(
    turn: Turn,
    longest: int,
    ask: Callable[[Text], Reply],
    *,
    context: str = "",
    cleared: str = "",
) -> Reply | None:
    """Give the reply to a message that answers nothing or must not be taken, None where it may be.

    Args:
        turn: the turn; a choice is always an answer.
        longest: characters that the text may have.
        ask: repeats the question after a sentence that says what was wrong.
        context: words told before, to which these are added.
        cleared: as for `refused`.
    """
    if turn.message.choice:
        return None
    text = turn.message.text.strip()
    # Who denounces is shown where to go even where the text is too long to be taken.
    if stopped := stop(turn, f"{context}\n{text}" if context else text, cleared):
        return stopped
    wrong = questions.no_answer(turn, longest)
    return ask(wrong) if wrong else None


def denunciation(turn: Turn) -> Reply:
    """Stop a denunciation: directions, and a count."""
    direction = turn.office.commune.directions.denunciation
    text = lines(
        _("We have not kept what you just wrote, and nobody here will see it."),
        "",
        _directions(direction),
        "",
        _("The message may still be on your own phone; you may want to delete it there."),
    )
    return turn.end(
        text,
        Offer("/khongphaitocao", _("This is not a denunciation")),
        Offer("/lienhe", _("Telephone numbers")),
        *_guides(turn, direction),
        MENU,
        effects=(Evidence(DENUNCIATION),),
    )


def complaint(turn: Turn) -> Reply:
    """Show where a complaint goes; it becomes no ticket."""
    direction = turn.office.commune.directions.complaint
    text = lines(
        _("What you write looks like a complaint, which the law does not let us take by chat."),
        "",
        _directions(direction),
    )
    return turn.end(
        text,
        Offer("/khongphaikhieunai", _("This is not a complaint")),
        *_guides(turn, direction),
        PERSON,
        MENU,
        effects=(Evidence("redirected.complaint"),),
    )


def _directions(direction: Direction) -> Lines:
    return lines(
        direction.title,
        direction.text,
        _("Where: {place}", place=direction.place),
        _("Address: {address}", address=shown(direction.address)),
        _("Telephone: {phone}", phone=shown(direction.phone)),
        _("How: {form}", form=direction.form),
        _("Or: {elsewhere}", elsewhere=direction.elsewhere) if direction.elsewhere else None,
    )


def _guides(turn: Turn, direction: Direction) -> tuple[Offer, ...]:
    found = (turn.office.catalogue.by_code(code) for code in direction.procedures)
    return tuple(Offer(f"/thutuc {one.code}", title_of(one)) for one in found if one)


@router.command("khongphaitocao")
async def not_a_denunciation(turn: Turn) -> Reply:
    """Let a person file what was taken for a denunciation; nothing of it was kept."""
    return _again(turn, "denunciation")


@router.command("khongphaikhieunai")
async def not_a_complaint(turn: Turn) -> Reply:
    """Let a person file what was taken for a complaint; nothing of it was kept."""
    return _again(turn, "complaint")


def _again(turn: Turn, cleared: str) -> Reply:
    if is_busy(turn):
        return turn.say(_("Please finish what you are writing first, or send /huy to drop it."))
    text = lines(
        _("Thank you for telling us. Since we kept nothing, please write once more what happened."),
        _("For example: The street light in front of number 12 has been out for a week."),
    )
    kept = data_of(Matter(cleared=cleared, at_once=True))
    return Reply((turn.letter(text, PERSON, MENU),), "drafting.story", kept)


def with_numbers(turn: Turn, reply: Reply) -> Reply:
    """Put the emergency numbers before a reply, and count them."""
    return replace(reply, letters=(numbers(turn), *reply.letters)).also(CALLED_FOR_HELP)


def numbers(turn: Turn) -> Draft:
    """Write the letter that says whom to call in an emergency."""
    return turn.letter(
        lines(_("If this is an emergency, please call at once:"), *emergency_numbers(turn))
    )


def emergency_numbers(turn: Turn) -> Iterator[Text]:
    """Tell whom to call in an emergency, a line each."""
    for contact in turn.office.commune.emergencies:
        yield _("{title}: {phone}", title=contact.title, phone=shown(contact.phone))


CALLED_FOR_HELP = Evidence("redirected.emergency")


def drops(reply: Reply) -> bool:
    """Tell whether a reply stopped words, so that nothing that was gathered may stay."""
    kinds = {one.kind for one in reply.effects if isinstance(one, Evidence)}
    return not kinds.isdisjoint((DENUNCIATION, "redirected.complaint", WITHHELD))


@router.after
def help_first(turn: Turn, reply: Reply) -> Reply:
    """Say whom to call before anything else where a text speaks of an emergency.

    Whichever question it came as an answer to; an official's own words are about somebody else's.
    """
    message = turn.message
    is_said = message.kind is Kind.MESSAGE and not (message.choice or message.group)
    if not is_said or turn.person.roles or CALLED_FOR_HELP in reply.effects:
        return reply
    return with_numbers(turn, reply) if is_emergency(message.text) else reply


def out_of_scope(turn: Turn) -> Reply:
    """Say what is not the commune's to do, and what is."""
    text: Sayable = lines(
        _("This is not a matter of the commune, so I cannot answer it well."),
        _("I can help with the commune's procedures, feedback, contacts and opening hours."),
    )
    return turn.say(text, Offer("/thutuc", _("Ask about a procedure")), PERSON, MENU)
