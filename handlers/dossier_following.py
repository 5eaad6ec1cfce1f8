"""Following a dossier: one tap, and each later change is told once."""

from handlers import questions
from handlers.dossier import FORM, about, parted
from handlers.dossier_telling import news, told, waking
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.surveys import after_dossier
from messages.envelope import Kind
from messages.text import Sayable, _, lines
from storage.dossiers import Dossier, Stage
from storage.dossiers_following import Prove, Told
from storage.outbox import Offer, Purpose
from storage.timers import SetTimer

router = Router()


@router.command("theodoihoso", "followdossier", takes=FORM)
async def follow(turn: Turn) -> Reply:
    """Follow a dossier; who has not proven that it is theirs is asked for that first."""
    return await _changed_to(turn, following=True)


@router.command("bohoso", "unfollow", takes=FORM)
async def unfollow(turn: Turn) -> Reply:
    """Follow a dossier no more."""
    return await _changed_to(turn, following=False)


async def _changed_to(turn: Turn, *, following: bool) -> Reply:
    code, _digits = parted(turn.words)
    if not code:
        return await listed(turn)
    dossier = await _own(turn, code)
    if dossier is None:
        return await about(turn, code)
    text: Sayable = _("You are not told of changes of dossier {code} any more.", code=code)
    offers: tuple[Offer, ...] = (MENU,)
    if following:
        text = lines(
            _("You will be told here of each change of dossier {code}, once.", code=code),
            _("Send /bohoso to end that."),
        )
        offers = (Offer(f"/bohoso {code}", _("Stop following")), MENU)
    proven = Prove(code, dossier.notable, following=following)
    return questions.reminded(turn, turn.say(text, *offers, effects=(proven,)))


async def listed(turn: Turn) -> Reply:
    """List the dossiers that a person proved to be theirs."""
    own = await turn.read.following.of_person(turn.person.id)
    if not own:
        text = _("You follow no dossier. Send /hoso and its code first.")
        return questions.reminded(turn, turn.say(text, Offer("/hoso", _("Look up my dossier"))))
    offers = (
        Offer(f"/bohoso {one.code}", _("Stop {code}", code=one.code[-20:]))
        if one.following
        else Offer(f"/theodoihoso {one.code}", _("Follow {code}", code=one.code[-20:]))
        for one in own
    )
    return questions.reminded(turn, turn.say(_("Your dossiers:"), *offers, MENU))


async def _own(turn: Turn, code: str) -> Dossier | None:
    """Find a dossier that the person has proven to be theirs."""
    proven = await turn.read.following.follower(code, turn.person.id)
    return await turn.read.dossiers.dossier(code) if proven else None


@router.event(Kind.TIMER, "dossier")
async def changed(turn: Turn) -> Reply:
    """Tell a follower what is new, once; in quiet hours later."""
    follower = await turn.read.following.by_id(int(turn.message.payload))
    if follower is None or not follower.following or follower.person_id != turn.person.id:
        return turn.quiet()
    dossier = await turn.read.dossiers.dossier(follower.code)
    if dossier is None or dossier.notable == follower.told:
        return turn.quiet()
    wakes = waking(turn.office, turn.now)
    if wakes is not None:
        return turn.quiet(SetTimer("dossier", turn.message.payload, wakes))
    text = lines(
        news(dossier, follower.told),
        "",
        told(turn.office, dossier, await turn.read.apologies.new_due(follower.code)),
    )
    exported = dossier.exported
    asked = await after_dossier(turn, exported.unit) if exported.stage is Stage.RETURNED else ()
    stop = Offer(f"/bohoso {follower.code}", _("Stop following"))
    letter = turn.letter(text, *asked, stop, PERSON, purpose=Purpose.NOTICE)
    return Reply((letter,), effects=(Told(follower, dossier.notable),))
