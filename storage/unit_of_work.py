"""One turn's writes, all or none; several turns share one commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from messages.envelope import Choice, Kind
from storage import tables
from storage.connection import Connection
from storage.database import LeaseLost, Store, StoreUnavailable
from storage.evidence import Evidence
from storage.inbox import Claimed, handled, laid_aside, oldest_waiting
from storage.outbox import BODY, HELD, WAITING, Draft, in_words, numbered
from storage.people import NOBODY, PACED, seal_data, seal_offered, unseal_offered
from storage.work import Effect, Gathered, Work

MOST_OFFERED = 60
"""Choices remembered of a person: more than anybody scrolls back for."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a turn came to.

    Attributes:
        claimed: the message, under its lease.
        step: the step that waits for the person now, "" for none.
        data: what their conversation has gathered.
        letters: what is written to them and to others.
        effects: what else changes.
        language: the language they chose in this turn, "" where they chose none.
        aside: why the message is set aside for a person to see, "" where it was handled.
    """

    claimed: Claimed
    step: str
    data: Mapping[str, str]
    letters: tuple[Draft, ...] = ()
    effects: tuple[Effect, ...] = ()
    language: str = ""
    aside: str = ""

    @property
    def hushed(self) -> bool:
        """Whether it stopped a denunciation, of which nothing may remain."""
        return any(isinstance(e, Evidence) and e.anonymous for e in self.effects)


_RETURN = (
    update(tables.people)
    .where(tables.people.c.id == bindparam("who"))
    .values(
        step=bindparam("now_step"),
        data=bindparam("now_data"),
        offered=bindparam("now_offered"),
        name=bindparam("now_name"),
        language=bindparam("now_language"),
        last_message_at=bindparam("wrote", type_=tables.Moment),
        gone_at=bindparam("left", type_=tables.Moment),
        minute_began=bindparam("began", type_=tables.Moment),
        minute_messages=bindparam("came"),
        lease=None,
        lease_until=None,
        waiting_since=oldest_waiting(),
    )
)

_HELD = (
    select(
        tables.people.c.id,
        tables.people.c.lease,
        tables.people.c.name,
        tables.people.c.language,
        tables.people.c.step,
        tables.people.c.offered,
        tables.people.c.last_message_at,
        tables.people.c.gone_at,
    )
    .where(tables.people.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(tables.people.c.id)
    .with_for_update()
)

_OFFER = (
    update(tables.people)
    .where(tables.people.c.id == bindparam("who"))
    .values(offered=bindparam("now_offered"))
)

_RELEASE_HELD = (
    update(tables.outbox)
    .where(
        tables.outbox.c.channel == bindparam("on"),
        tables.outbox.c.address == bindparam("to"),
        tables.outbox.c.state == HELD,
    )
    .values(state=WAITING, due_at=bindparam("when", type_=tables.Moment), reason=None)
)

_HANDLED, _LAID_ASIDE = handled(), laid_aside()

# A person who writes is there again, and the platform's window is open.
_WRITING = {Kind.MESSAGE, Kind.FOLLOWED, Kind.EDIT}

# What the answer to these offers takes the place of what was offered before.
_ANSWERED_ANEW = {Kind.MESSAGE, Kind.FOLLOWED}


async def finish(store: Store, turns: Sequence[Finished]) -> dict[int, Exception]:
    """Commit turns together; where one cannot be, each by itself.

    Returns:
        The number of a message → why its turn left no trace: LeaseLost, Conflict (read again and
        decide anew), StoreUnavailable, or an error of one of its effects.
    """
    if not turns:
        return {}
    try:
        await store.write(lambda connection: _finish(store, connection, turns))
    except StoreUnavailable as error:
        # Each by itself would wait in vain as long again.
        return {turn.claimed.id: error for turn in turns}
    except Exception as error:  # noqa: BLE001 - each turn learns of its own failure
        if len(turns) == 1:
            return {turns[0].claimed.id: error}
    else:
        return {}
    failed: dict[int, Exception] = {}
    for turn in turns:
        failed |= await finish(store, [turn])
    return failed


async def _finish(store: Store, connection: Connection, turns: Sequence[Finished]) -> None:
    rows = await _held_leases(connection, turns)
    gathered = Gathered(connection, store.box)
    for turn in turns:
        claimed = turn.claimed
        work = Work(
            gathered,
            now=claimed.accepted_at,
            person_id=claimed.person.id,
            channel=claimed.message.sender.channel
            if claimed.message.kind is not Kind.TIMER
            else claimed.person.channel,
        )
        for effect in turn.effects:
            await effect.apply(work)
    await gathered.flush()
    offered = _write_letters(store, gathered, turns, rows)
    await gathered.flush()
    done = [
        {"which": which, "when": t.claimed.accepted_at}
        for t in turns
        if not t.aside
        for which in t.claimed.all_ids
    ]
    if done:
        await connection.execute(_HANDLED, done)
    aside = [
        {"which": which, "when": t.claimed.accepted_at, "why": t.aside[:256]}
        for t in turns
        if t.aside
        for which in t.claimed.all_ids
    ]
    if aside:
        await connection.execute(_LAID_ASIDE, aside)
    box = store.box
    returned = []
    for turn in turns:
        claimed, person, message = turn.claimed, turn.claimed.person, turn.claimed.message
        row = rows[person.id]
        writing = message.kind in _WRITING
        began, came = person.minute_began, person.minute_messages
        if message.kind in PACED:
            began, came = person.this_minute(claimed.accepted_at)
        # Of one who is stopped in denouncing not even the name is learnt from that message.
        name = person.name if turn.hushed else message.name or person.name
        returned.append(
            {
                "who": person.id,
                "now_step": turn.step,
                "now_data": seal_data(box, turn.data),
                "now_offered": offered.pop(person.id, row.offered),
                "now_name": row.name if name == person.name else box.seal("people.name", name),
                "now_language": turn.language or row.language or message.language,
                "wrote": claimed.accepted_at if writing else row.last_message_at,
                "left": _left(claimed, row.gone_at),
                "began": began,
                "came": came,
            }
        )
    await connection.execute(_RETURN, returned)
    if offered:
        others = [{"who": who, "now_offered": sealed} for who, sealed in sorted(offered.items())]
        await connection.execute(_OFFER, others)
    writers = [
        {
            "on": t.claimed.person.channel,
            "to": t.claimed.person.address,
            "when": t.claimed.accepted_at,
        }
        for t in turns
        if t.claimed.message.kind in _WRITING
    ]
    if writers:
        await connection.execute(_RELEASE_HELD, writers)


def _left(claimed: Claimed, before: datetime | None) -> datetime | None:
    """Since when a person is out of reach, None where they are not."""
    if claimed.message.kind is Kind.LEFT:
        return claimed.accepted_at
    return None if claimed.message.kind in _WRITING else before


async def _held_leases(connection: Connection, turns: Sequence[Finished]) -> dict[int, Any]:
    """Read the turns' people and those to whom they offer something, all locked at once.

    Raises:
        LeaseLost: another worker has one of the turns' people.
    """
    ids = {turn.claimed.person.id for turn in turns}
    ids |= {draft.to.id for turn in turns for draft in turn.letters if draft.offers}
    rows = {row.id: row for row in await connection.execute(_HELD, {"ids": sorted(ids)})}
    for turn in turns:
        row = rows.get(turn.claimed.person.id)
        if row is None or row.lease != turn.claimed.lease:
            raise LeaseLost(turn.claimed.id)
    return rows


def _write_letters(
    store: Store, gathered: Gathered, turns: Sequence[Finished], rows: Mapping[int, Any]
) -> dict[int, bytes | None]:
    """Write the turns' letters; give what is offered now, sealed, where that changed.

    The first letter that answers a person's message numbers its choices from 1. Any other letter's
    follow those already offered, unless nothing is being asked of its recipient, so that a typed
    number never means two things.
    """
    offered: dict[int, tuple[Choice, ...]] = {}
    # Of a person whose own turn is committed together with this one it is not known yet.
    asked = {id_: _chooses(store, row) for id_, row in rows.items()}
    asked |= {turn.claimed.person.id: True for turn in turns}
    for turn in turns:
        person = turn.claimed.person
        anew = turn.claimed.message.kind in _ANSWERED_ANEW or not person.step
        for draft in turn.letters:
            if draft.to.to.id.startswith(NOBODY):
                # What is owed to somebody who was erased is done, and told to nobody.
                continue
            to, own = draft.to.id, draft.to.id == person.id
            choices: tuple[Choice, ...] = ()
            if draft.offers:
                before = offered.get(to)
                if before is None:
                    before = unseal_offered(store.box, rows[to].offered)
                starts = anew if own else draft.restart and not asked[to]
                taken = () if starts else before
                choices = numbered(draft, taken)
                offered[to] = (*taken, *choices)[-MOST_OFFERED:]
                anew = anew and not own
            gathered.add(tables.outbox, _row(store, draft, choices, turn.claimed.accepted_at))
    return {who: seal_offered(store.box, choices) for who, choices in offered.items()}


def _chooses(store: Store, row: Any) -> bool:  # noqa: ANN401 - a row of people
    """Whether a person was asked to choose, so that a number they type answers that."""
    offered = unseal_offered(store.box, row.offered) if row.step else ()
    return any(not choice.key.startswith("/") for choice in offered)


def _row(
    store: Store, draft: Draft, choices: tuple[Choice, ...], now: datetime
) -> dict[str, object]:
    """One letter as a row of the outbox."""
    body = BODY.dump_json(in_words(draft, choices), exclude_defaults=True).decode()
    return {
        "channel": draft.to.to.channel,
        "address": draft.to.to.id,
        "priority": int(draft.bulk),
        "body": store.box.seal("outbox.body", body),
        "created_at": now,
        "due_at": now,
        "ticket": draft.ticket or None,
        "purpose": draft.purpose,
        "report_to": draft.report_to,
    }
