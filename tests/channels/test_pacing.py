"""How fast a channel may write, on a clock that jumps over every wait."""

import asyncio
import itertools
import selectors
from collections.abc import Coroutine
from typing import TypeVar

import pytest

from bot.channels import pacing
from bot.channels.channel import Throttled
from bot.channels.pacing import Pacing
from messages.envelope import Address

T = TypeVar("T")

TICK = 1e-6


class JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing: what would be waited for is added to the time."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        # Time goes on a little all the same, or what rounding puts off would be put off for ever.
        self.now += TICK + (0 if found else timeout or 0)
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.hands = JumpingSelector()
        super().__init__(self.hands)

    def time(self) -> float:
        return self.hands.now


def run(work: Coroutine[None, None, T]) -> T:
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)


def to(who: int) -> Address:
    return Address("telegram", str(who))


async def moments(
    paced: Pacing, letters: int, *, chat: int | None = None, group: str = "", bulk: bool = False
) -> list[float]:
    """When each of so many letters, all waiting from the beginning, may go."""
    gone: list[float] = []

    async def one(number: int) -> None:
        while True:
            try:
                await paced.wait(to(number if chat is None else chat), group=group, bulk=bulk)
            except Throttled as throttled:
                await asyncio.sleep(throttled.after)
            else:
                break
        gone.append(asyncio.get_running_loop().time())

    await asyncio.gather(*(one(number) for number in range(letters)))
    return sorted(gone)


def most_within(gone: list[float], seconds: float) -> int:
    return max(sum(start <= moment < start + seconds for moment in gone) for start in gone)


def test_one_chats_letters_stay_apart_however_long_the_first_stood_in_the_common_queue() -> None:
    async def crowd() -> list[float]:
        paced = Pacing(5, per_chat=1)
        one = asyncio.create_task(moments(paced, 3, chat=1))
        await moments(paced, 20)
        return await one

    gone = run(crowd())
    assert min(later - earlier for earlier, later in itertools.pairwise(gone)) > 0.999


@pytest.mark.parametrize(("per_second", "used"), [(2, 0.45), (10, 0.85), (30, 0.85), (60, 0.85)])
def test_no_second_has_more_letters_than_the_channel_may_send(per_second: int, used: float) -> None:
    gone = run(moments(Pacing(per_second), 8 * per_second))
    assert most_within(gone, 0.99) <= per_second
    assert len(gone) / gone[-1] >= used * per_second


def test_one_chat_gets_one_letter_a_second() -> None:
    gone = run(moments(Pacing(30, per_chat=1), 5, chat=1))
    assert [round(moment) for moment in gone] == [0, 1, 2, 3, 4]


def test_a_group_gets_twenty_letters_a_minute_and_no_more() -> None:
    gone = run(moments(Pacing(30, per_chat=1, per_group=20), 70, group="officers"))
    assert most_within(gone, 60) <= 20
    assert gone[-1] < 240


def test_chats_do_not_wait_for_one_another() -> None:
    gone = run(moments(Pacing(1000, per_chat=1), 50))
    assert gone[-1] < 1


def test_the_setting_replaces_all_limits() -> None:
    gone = run(moments(Pacing(1, per_chat=1, per_group=20, override=1000), 500, chat=1))
    assert gone[-1] < 0.6


def test_an_override_below_one_a_second_is_kept() -> None:
    gone = run(moments(Pacing(30, override=0.5), 3))
    assert gone == pytest.approx([0, 2, 4], abs=0.01)


def test_a_held_chat_waits_and_the_others_do_not() -> None:
    async def work() -> tuple[float, float]:
        paced, loop = Pacing(30), asyncio.get_running_loop()
        paced.hold(to(1), 5)
        paced.hold(to(1), 2)
        await paced.wait(to(2))
        other = loop.time()
        await paced.wait(to(1))
        return other, loop.time()

    assert run(work()) == pytest.approx((0, 5), abs=0.01)


def test_a_held_group_is_not_the_person_in_it() -> None:
    async def work() -> float:
        paced = Pacing(30)
        paced.hold(to(1), 5, group="g")
        await paced.wait(to(1))
        return asyncio.get_running_loop().time()

    assert run(work()) == pytest.approx(0, abs=0.01)


def test_a_held_channel_waits_for_everybody() -> None:
    async def work() -> float:
        paced = Pacing(30)
        paced.hold(None, 5)
        await paced.wait(to(1))
        return asyncio.get_running_loop().time()

    assert run(work()) == pytest.approx(5, abs=0.01)


def test_a_hold_that_grows_while_somebody_waits_is_kept() -> None:
    async def work() -> float:
        paced, loop = Pacing(30), asyncio.get_running_loop()
        paced.hold(to(1), 2)
        loop.call_later(1, lambda: paced.hold(to(1), 5))
        await paced.wait(to(1))
        return loop.time()

    assert run(work()) == pytest.approx(6, abs=0.01)


def test_a_long_wait_is_the_outboxs() -> None:
    async def work() -> tuple[float, float]:
        paced = Pacing(30)
        paced.hold(to(1), 60)
        with pytest.raises(Throttled) as throttled:
            await paced.wait(to(1))
        return asyncio.get_running_loop().time(), throttled.value.after

    assert run(work()) == pytest.approx((0, 60), abs=0.01)


def test_a_turn_that_does_not_come_in_time_is_given_back() -> None:
    async def work() -> int:
        paced = Pacing(30, per_group=20)
        waiting = [paced.wait(to(1), group="g") for _ in range(20)]
        found = await asyncio.gather(*waiting, return_exceptions=True)
        return sum(isinstance(one, Throttled) for one in found)

    # Two at once and two more within ten seconds; the rest goes back.
    assert run(work()) == 16


def test_conversation_goes_before_bulk() -> None:
    async def work() -> list[str]:
        paced = Pacing(10)
        order: list[str] = []

        async def one(who: int, *, bulk: bool) -> None:
            await paced.wait(to(who), bulk=bulk)
            order.append("bulk" if bulk else "talk")

        notices = [asyncio.create_task(one(n, bulk=True)) for n in range(10)]
        await asyncio.sleep(0)
        talks = [asyncio.create_task(one(n, bulk=False)) for n in range(10, 20)]
        await asyncio.gather(*notices, *talks)
        return order

    order = run(work())
    assert order[:2].count("bulk") <= 2
    assert order[2:].index("bulk") >= 9


def test_quiet_chats_are_forgotten() -> None:
    async def work() -> tuple[int, int]:
        paced = Pacing(1_000_000, per_chat=1)
        for who in range(pacing.MANY):
            await paced.wait(to(who))
        before = paced.remembered
        paced.hold(to(0), 10_000)
        await asyncio.sleep(pacing.IDLE + 1)
        await paced.wait(to(-1))
        return before, paced.remembered

    # What is left is the held chat and the new one.
    assert run(work()) == (pacing.MANY, 2)


def test_a_chat_in_which_somebody_waits_is_not_forgotten() -> None:
    async def work() -> list[float]:
        paced = Pacing(1_000_000, per_chat=1)
        loop = asyncio.get_running_loop()
        gone: list[float] = []

        async def one() -> None:
            await paced.wait(to(0))
            gone.append(loop.time())

        waiting = [asyncio.create_task(one()) for _ in range(3)]
        await asyncio.sleep(0)
        for who in range(1, 2 * pacing.MANY):
            await paced.wait(to(who))
        await asyncio.gather(*waiting)
        return gone

    assert [round(moment) for moment in run(work())] == [0, 1, 2]
