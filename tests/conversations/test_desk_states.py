import pytest
from sqlalchemy import update

from handlers.ticket_states import EVENT_NAMES, STATE_NAMES, TRANSITIONS, leads_to
from storage import tables
from storage.tickets import OPEN, Event, State
from tests.conversations.desk_scenes import UNIT, Scene, scene
from tests.transcript import Talk

# State: what may happen in it, and where that leads; a dash is nowhere.
EVENTS = [
    *(Event.CLAIMED, Event.RELEASED, Event.FORWARDED, Event.TRANSFERRED, Event.ASKED),
    *(Event.SUPPLEMENTED, Event.EDITED, Event.NOTED, Event.ANSWERED, Event.REJECTED),
    *(Event.RATED, Event.COMMENTED, Event.REOPENED, Event.WITHDRAWN, Event.CLOSED),
    *(Event.DRAFTED, Event.MERGED, Event.RETURNED),
]
EXPECTED = {
    "new": "in_progress - assigned transferred need_info new new new resolved rejected "
    "- - - withdrawn - in_progress duplicate new",
    "assigned": "in_progress - assigned transferred need_info assigned assigned assigned resolved "
    "rejected - - - withdrawn - in_progress duplicate assigned",
    "in_progress": "in_progress assigned assigned transferred need_info in_progress in_progress "
    "in_progress resolved rejected - - - withdrawn - in_progress duplicate in_progress",
    "need_info": "need_info assigned assigned transferred need_info in_progress need_info "
    "need_info resolved rejected - - - withdrawn - need_info duplicate need_info",
    "resolved": "- - - - - resolved resolved resolved resolved - resolved resolved assigned "
    "- closed - - -",
    "closed": "- - - - - - - closed - - closed closed assigned - - - - -",
    "rejected": "- - - - - - - rejected - - - - - - - - - -",
    "transferred": "- - - - - - - transferred - - - - - - - - - -",
    "withdrawn": "- - - - - - - withdrawn - - - - - - - - - -",
    "duplicate": "- - - - - - - duplicate - - - - - - - - - -",
}
COMMANDS = {
    Event.CLAIMED: "nhan {}",
    Event.ANSWERED: "traloi {} Đã xử lý xong",
    Event.ASKED: "hoi {} Nhà số mấy ạ?",
    Event.FORWARDED: "chuyen {} vp",
    Event.REJECTED: "tuchoi {} Không đủ thông tin",
    Event.RELEASED: "tra {}",
    Event.NOTED: "ghichu {} Đã gọi điện",
}


@pytest.mark.parametrize("state", list(State))
def test_every_event_in_every_state_leads_where_it_should_or_nowhere(state: State) -> None:
    expected = dict(zip(EVENTS, EXPECTED[state].split(), strict=True)) | {Event.RECEIVED: "-"}
    found = {event: leads_to(state, event) or "-" for event in Event}
    assert found == expected


def test_every_state_can_be_reached() -> None:
    reached = {State.NEW}
    for _round in State:
        reached |= {to for (state, _event), to in TRANSITIONS.items() if state in reached}
    assert reached == set(State)


def test_every_state_and_event_has_a_name() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(EVENT_NAMES) == set(Event)


async def _put(s: Scene, state: State, holder: int | None) -> None:
    """Put the ticket into a state, in its first unit."""
    table = tables.tickets
    values = {"state": state, "assignee_id": holder, "unit": UNIT}
    await s.talk.store.write(
        lambda connection: connection.execute(
            update(table).where(table.c.code == s.code).values(values)
        )
    )


@pytest.mark.parametrize("state", list(State))
async def test_a_command_does_what_the_table_says_and_else_nothing(
    talk: Talk, state: State
) -> None:
    s = await scene(talk)
    me = await s.person_id(s.first)
    for event, words in COMMANDS.items():
        holder = None if state in {State.NEW, State.ASSIGNED} else me
        await _put(s, state, holder)
        before = await s.ticket()
        happened = len(await talk.read.history(s.code))
        s.forget()
        (told, *_news) = await s.first.says("/" + words.format(s.code))
        if event is Event.REJECTED and leads_to(state, event):
            await s.first.says("1")
        after, history = await s.ticket(), await talk.read.history(s.code)
        to = leads_to(state, event)
        already_mine = event is Event.CLAIMED and state in OPEN and holder == me
        if to is None or already_mine:
            assert after == before, (state, event)
            assert len(history) == happened
            assert s.citizen.new() == []
            assert "đã nhận" in told if already_mine else "Không làm được" in told
        else:
            assert after.state is to, (state, event)
            assert len(history) == happened + 1
            assert history[-1].event is event
