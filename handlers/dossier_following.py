"""Following a dossier: one tap, and each later change is told once."""

from handlers import questions
from handlers.dossier import FORM, about, parted
from handlers.dossier_telling import news, told, waking
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from messages.envelope import Kind
from messages.text import _, lines
from storage.dossiers import Dossier
from storage.dossiers_following import Follower, Prove, Told
from storage.outbox import Offer, Purpose
from storage.timers import SetTimer

router = Router()


@router.command("theodoihoso", "followdossier", takes=FORM)
async def follow(turn: Turn) -> Reply:
    """Follow a dossier; who has not proven that it is theirs is asked for that first."""
    code, _digits = parted(turn.words)
    if not code:
        return await listed(turn)
    found = await _own(turn, code)
    if found is None:
        return await about(turn, code)
    dossier, _follower = found
    text = lines(
        _("You will be told here of each change of dossier {code}, once.", code=code),
        _("Send /bohoso to end that."),
    )
    offer = Offer(f"/bohoso {code}", _("Stop following"))
    reply = turn.say(text, offer, MENU, effects=(Prove(code, dossier.notable, following=True),))
    return questions.reminded(turn, reply)


@router.command("bohoso", "unfollow", takes=FORM)
async def unfollow(turn: Turn) -> Reply:
    """Follow a dossier no more."""
    code, _digits = parted(turn.words)
    if not code:
        return await listed(turn)
    found = await _own(turn, code)
    if found is None:
        return await about(turn, code)
    dossier, _follower = found
    text = _("You are not told of changes of dossier {code} any more.", code=code)
    reply = turn.say(text, MENU, effects=(Prove(code, dossier.notable, following=False),))
    return questions.reminded(turn, reply)


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


async def _own(turn: Turn, code: str) -> tuple[Dossier, Follower] | None:
    dossier = await turn.read.dossiers.dossier(code)
    follower = await turn.read.following.follower(code, turn.person.id)
    return (dossier, follower) if dossier and follower else None


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
    letter = turn.letter(
        text, Offer(f"/bohoso {follower.code}", _("Stop following")), PERSON, purpose=Purpose.NOTICE
    )
    return Reply((letter,), effects=(Told(follower, dossier.notable),))
