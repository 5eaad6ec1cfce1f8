"""What every conversation needs alike: the ways out, and what is no answer to any question."""

import re
from dataclasses import replace

from handlers.procedures import Procedure
from handlers.routing import Reply, Turn
from messages.envelope import Attachment, AttachmentKind
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import fold, words
from storage.outbox import Offer

MENU = Offer("/menu", _("Menu"))
PERSON = Offer("/gapcanbo", _("Talk to an officer"))
CANCEL = Offer("/huy", _("Cancel"))
GO_ON = Offer("/tieptuc", _("Go on with what I was writing"))

LONGEST_TITLE = 35
"""Characters of a choice that the narrowest platform shows."""

LIGHT = frozenset(
    {
        "additions.which",
        "dossier.ask",
        "dossier.factor",
        "guidance.ask",
        "information.matter",
        "meanings.meant",
        "rating.comment",
    }
)
"""Steps that may be left without losing anything a person wrote."""

GATHERING = frozenset(
    {
        "breaches.words",
        "broadcast.confirm",
        "broadcast.when",
        "broadcast.words",
        "dossier_apology.new_date",
        "evidence.gather",
        "evidence.period",
        "letter_drafting.field",
        "letter_drafting.submit",
        "offline.words",
        "self_score.points",
        "self_score.why",
    }
)
"""Steps of officials in which several answers have come together, so that none may be lost."""

KEPT = frozenset(
    {AttachmentKind.IMAGE, AttachmentKind.VIDEO, AttachmentKind.AUDIO, AttachmentKind.FILE}
)

YES = frozenset(
    (
        "co",
        "yes",
        "y",
        "u",
        "vang",
        "da",
        "ok",
        "oke",
        "okay",
        "dong y",
        "xac nhan",
        "gui",
        "gui di",
    )
)
NO = frozenset(("khong", "ko", "k", "no", "thoi", "khong a", "khong co", "bo qua", "chua"))

_SLASH = re.compile(r"\s*/\s*\w")
_COURTEOUS = re.compile(
    r" (?:(?:cam|on|thanks|thank|you|very|much|ok|oke|okay|vang|da|a|nhe|nha|ad|ban|nhieu|rat|em"
    r"|anh|chi|bac|cac|co|chu|so|chao|tam|biet|bye|roi|duoc|tot|qua|xin) )+"
)
_THANKS = re.compile(r" (?:cam on|thanks?|tam biet|bye|ok|oke|okay|vang) ")


def short(title: str, longest: int = LONGEST_TITLE) -> str:
    """Cut a title at a word so that every platform shows it whole."""
    title = " ".join(title.split())
    if len(title) <= longest:
        return title
    cut = title[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;(/-") + "…"


def title_of(procedure: Procedure) -> str:
    """Give a procedure as a choice: its short code, which no other has, and its plain title."""
    return short(f"{procedure.guide} {procedure.plain_title}")


def message_id(turn: Turn) -> str:
    """Give the id under which the words of a message are kept, so that an edit finds them."""
    return turn.message.message_id or turn.message.key


def files(turn: Turn) -> tuple[Attachment, ...]:
    """Give what came with a message and can be kept: photos, videos, voice, documents."""
    return tuple(one for one in turn.message.attachments if one.kind in KEPT and one.ref)


def pin(turn: Turn) -> Attachment | None:
    """Give the place that was sent, if one was."""
    found = (a for a in turn.message.attachments if a.kind is AttachmentKind.LOCATION)
    return next(found, None)


def is_voice(turn: Turn) -> bool:
    """Tell whether a message is a voice message and nothing else."""
    kinds = {one.kind for one in files(turn)}
    return kinds == {AttachmentKind.AUDIO} and not turn.message.text.strip()


def no_answer(turn: Turn, longest: int) -> Text | None:
    """Tell what is wrong with a message that cannot answer any question, None where nothing is.

    Args:
        turn: the turn; what came by a button is always an answer.
        longest: characters that the answer may have.
    """
    text = turn.message.text.strip()
    if turn.message.choice:
        return None
    if _SLASH.match(text):
        return _("There is no such command here.")
    if len(text) > longest:
        return too_long(longest)
    if text or files(turn) or pin(turn):
        return None
    if any(one.kind is AttachmentKind.STICKER for one in turn.message.attachments):
        return _("Thank you for the sticker. I can only read words and photos.")
    return _("I have received no words yet.")


def too_long(longest: int) -> Text:
    """Say that a text is longer than can be taken."""
    return _(
        "Your message is too long: at most {longest} characters. Please send it in parts.",
        longest=longest,
    )


def says_yes(text: str) -> bool:
    """Tell whether a typed answer is a plain yes."""
    return fold(text).strip(" .!") in YES


def says_no(text: str) -> bool:
    """Tell whether a typed answer is a plain no."""
    return fold(text).strip(" .!") in NO


def is_courtesy(text: str) -> bool:
    """Tell whether a text is nothing but thanks or assent, which asks for nothing."""
    line = f" {' '.join(words(text[:100]))} "
    return bool(_COURTEOUS.fullmatch(line) and _THANKS.search(line))


def is_busy(turn: Turn) -> bool:
    """Tell whether a step waits that another question would make the person lose."""
    return bool(turn.person.step) and turn.person.step not in LIGHT


def reminded(turn: Turn, reply: Reply) -> Reply:
    """Add to a one-off answer that an earlier question still waits, where one does.

    Choices that only lead back are left out then, so that the numbers of the earlier question
    still stand.
    """
    if not is_busy(turn) or reply.step is not None or not reply.letters:
        return reply
    first, *others = reply.letters
    offers = tuple(offer for offer in first.offers if offer not in {MENU, PERSON})
    if turn.person.step.startswith("drafting."):
        offers = (*offers, GO_ON)
    text = lines(
        first.text,
        "",
        _("Your earlier question still waits for an answer. Send /huy to drop it."),
    )
    return replace(reply, letters=(replace(first, text=text, offers=offers), *others))


def beside(turn: Turn, reply: Reply) -> Reply:
    """Let another conversation go on waiting although the reply would end or replace it."""
    return reminded(turn, replace(reply, step=None, data=None))


def aside(turn: Turn, reply: Reply) -> Reply:
    """Let what an official is putting together wait while they do something else in one line.

    What would ask them something of its own has to wait itself.
    """
    if turn.person.step not in GATHERING or reply.step is None:
        return reply
    if reply.step:
        return turn.say(_("Please finish what you are writing first, or send /huy to drop it."))
    return beside(turn, reply)


def left(turn: Turn, reply: Reply) -> Reply:
    """Leave the waiting step, where the reply does not itself ask something."""
    return replace(reply, step="", data={}) if turn.person.step and reply.step is None else reply


def together(*parts: Sayable | None) -> Sayable:
    """Put sentences under one another; a single one stays as it is."""
    said = [part for part in parts if part is not None]
    return said[0] if len(said) == 1 else lines(*said)
