"""Every turn of an official is written into the audit, by whichever handler took it.

One place for all of them: a new command or step needs nothing of its own. Of a turn that stopped a
denunciation nothing is written, since nothing of it may remain.
"""

from handlers.routing import Reply, Router, Turn
from messages.codes import ticket_code
from messages.envelope import Kind
from storage.audit import Audited
from storage.evidence import Evidence

DONE_BY_A_PERSON = frozenset({Kind.MESSAGE, Kind.EDIT})

MOST = 20
"""Codes of one turn; a list shows no more."""


def audit_officials(router: Router) -> None:
    """Have a router write the audit."""

    def written(turn: Turn, reply: Reply) -> Reply:
        if not turn.person.roles or turn.message.kind not in DONE_BY_A_PERSON:
            return reply
        nothing = not reply.letters and not reply.effects and reply.step is None
        if nothing or any(isinstance(e, Evidence) and e.anonymous for e in reply.effects):
            return reply
        act = _act(router, turn)
        return reply.also(*(Audited(act, code) for code in _codes(turn, reply)))

    router.after(written)


def _act(router: Router, turn: Turn) -> str:
    """Name the handler that took a turn: of a command, a code or a step."""
    handler, _found = router.find(turn)
    if handler == router.otherwise_asked:
        return turn.person.step or "words"
    return f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}"


def _codes(turn: Turn, reply: Reply) -> list[str]:
    """Give the tickets that a turn was about, or "" for none."""
    typed = ticket_code(turn.message.choice or turn.message.text)
    told = {draft.ticket for draft in reply.letters}
    changed = {str(getattr(getattr(e, "seen", e), "code", "")) for e in reply.effects}
    kept = turn.data.get("code", "")
    codes = {code for one in (typed or "", kept, *told, *changed) if (code := ticket_code(one))}
    return sorted(codes)[:MOST] or [""]
