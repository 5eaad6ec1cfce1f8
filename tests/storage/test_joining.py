"""Addresses that are one human being, as the store keeps them."""

from sqlalchemy import select

from messages.envelope import Address
from storage import tables
from storage.clock import Clock
from storage.database import Conflict, Store
from storage.joining import GiveJoinCode, Join, Part, addresses, join_code, take_over
from storage.tickets import NewTicket
from storage.unit_of_work import finish
from storage.work import Effect
from tests.conftest import Hands
from tests.storage.acts import does, heard, turn


async def gives(store: Store, clock: Clock, who: str, code: str) -> None:
    await does(store, clock, GiveJoinCode(code), who=who)


async def joins(store: Store, hands: Hands, who: str, code: str) -> None:
    found = await join_code(store, code, hands())
    assert found
    await does(store, hands, Join(found), who=who)


async def refused(store: Store, clock: Clock, effect: Effect, who: str) -> Exception:
    """Have somebody try what is refused, leave their message, and tell why."""
    claimed = await heard(store, clock, who)
    (error,) = (await finish(store, [turn(claimed, effect)])).values()
    assert not await finish(store, [turn(claimed)])
    return error


async def together(store: Store, who: str) -> set[str]:
    """Name the addresses that are one with an address."""
    people = tables.people
    async with store.reading() as connection:
        id_ = (
            await connection.execute(select(people.c.id).where(people.c.address == who))
        ).scalar_one()
    return {one.to.id for one in await addresses(store, id_)}


async def test_who_is_joined_to_one_is_joined_to_all(store: Store, hands: Hands) -> None:
    for one, other, code in (("a", "b", "1" * 8), ("c", "d", "2" * 8), ("b", "c", "3" * 8)):
        await gives(store, hands, one, code)
        await joins(store, hands, other, code)
    for who in "abcd":
        assert await together(store, who) == set("abcd")
    await does(store, hands, Part(), who="a")
    assert await together(store, "a") == {"a"}
    assert await together(store, "d") == set("bcd")


async def test_a_code_is_used_by_one_alone(store: Store, hands: Hands) -> None:
    await gives(store, hands, "a", "1" * 8)
    found = await join_code(store, "1" * 8, hands())
    assert found
    await does(store, hands, Join(found), who="b")
    assert isinstance(await refused(store, hands, Join(found), who="c"), Conflict)
    assert await together(store, "c") == {"c"}


async def test_a_code_that_somebody_has_is_given_to_nobody_else(store: Store, hands: Hands) -> None:
    await gives(store, hands, "a", "1" * 8)
    assert isinstance(await refused(store, hands, GiveJoinCode("1" * 8), who="b"), Conflict)
    hands.move(minutes=11)
    await gives(store, hands, "b", "1" * 8)


async def test_where_somebody_wrote_last_comes_first_and_where_they_left_last(
    store: Store, hands: Hands
) -> None:
    await gives(store, hands, "a", "1" * 8)
    await joins(store, hands, "b", "1" * 8)
    assert [one.to.id for one in await addresses(store, 1)] == ["b", "a"]
    await does(store, hands, who="a")
    assert [one.to.id for one in await addresses(store, 1)] == ["a", "b"]
    await take_over(store, Address("web", "a"), Address("web", "b"), hands())
    assert [one.to.id for one in await addresses(store, 1)] == ["b", "a"]


def new_ticket(hands: Hands) -> NewTicket:
    return NewTicket(
        code="PA2611-AAAA",
        kind="feedback",
        category="khac",
        unit="vp",
        words=(("m1", "hỏng đèn"),),
        due_at=hands(),
        source="web",
    )


async def test_an_address_that_its_browser_leaves_takes_its_tickets_along(
    store: Store, hands: Hands
) -> None:
    await does(store, hands, new_ticket(hands), who="phone")
    await does(store, hands, who="desk")
    await does(store, hands, who="idle")
    for left in ("phone", "idle", "nobody"):
        await take_over(store, Address("web", left), Address("web", "desk"), hands())
    assert await together(store, "desk") == {"desk", "phone"}
    assert await together(store, "idle") == {"idle"}
    first = (await addresses(store, 1))[0]
    assert first.to.id == "desk"
