import asyncio
from datetime import timedelta

import pytest

from storage import tables
from storage.database import Conflict, Store
from storage.inbox import Inbox
from storage.people import (
    INVITE_LASTS,
    TRIES_AN_HOUR,
    Person,
    Role,
    UseInvite,
    WrongTry,
    invite,
    revoke,
)
from storage.reader import Reader
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import does, heard, message, only, rows, turn

CODE = "7KQ2M4XZ"


@pytest.fixture
def read(store: Store) -> Reader:
    return Reader(store)


async def _invite(store: Store, hands: Hands, code: str = CODE, name: str = "Đào Thị Trực") -> str:
    digest = store.box.digest("invite", code)
    await store.write(
        lambda c: invite(c, code_hash=digest, role="officer", unit="vp", name=name, now=hands())
    )
    return digest


async def test_an_invitation_gives_its_role_once(store: Store, hands: Hands, read: Reader) -> None:
    digest = await _invite(store, hands)
    found = await read.invitation(CODE, hands())
    assert found is not None
    assert (found.code_hash, found.role, found.unit, found.name) == (
        digest,
        "officer",
        "vp",
        "Đào Thị Trực",
    )
    await does(store, hands, UseInvite(digest), who="an")
    assert await read.invitation(CODE, hands()) is None
    person = (await heard(store, hands, "an")).person
    assert person.roles == (Role("officer", "vp", "Đào Thị Trực"),)
    assert person.official_name == await read.name_of(person.id) == "Đào Thị Trực"


async def test_of_two_who_use_an_invitation_at_once_one_gets_the_role(
    database: str, hands: Hands
) -> None:
    async with opened(database) as first, opened(database) as second:
        digest = await _invite(first, hands)
        inboxes = [Inbox(store, hands) for store in (first, second)]
        claims = []
        for inbox, who in zip(inboxes, ("an", "bình"), strict=True):
            await inbox.accept(message(who))
            claims.append(await only(inbox))
        results = await asyncio.gather(
            *(
                finish(store, [turn(claimed, UseInvite(digest))])
                for store, claimed in zip((first, second), claims, strict=True)
            )
        )
        assert [type(e) for failed in results for e in failed.values()] == [Conflict]
        assert len(await rows(first, tables.roles)) == 1


async def test_an_invitation_lapses(store: Store, hands: Hands, read: Reader) -> None:
    digest = await _invite(store, hands)
    hands.move(seconds=INVITE_LASTS.total_seconds() - 5)
    assert await read.invitation(CODE, hands()) is not None
    hands.move(seconds=10)
    assert await read.invitation(CODE, hands()) is None
    claimed = await heard(store, hands)
    failed = await finish(store, [turn(claimed, UseInvite(digest))])
    assert [type(error) for error in failed.values()] == [Conflict]


async def test_no_code_of_an_invitation_is_kept(store: Store, hands: Hands) -> None:
    await _invite(store, hands)
    assert CODE not in repr(await rows(store, tables.invites))


async def test_a_person_may_try_five_wrong_codes_an_hour(
    store: Store, hands: Hands, read: Reader
) -> None:
    other = await does(store, hands, WrongTry(), who="bình")
    for _ in range(TRIES_AN_HOUR):
        person = (await does(store, hands, WrongTry(), who="an")).person.id
        hands.move(minutes=1)
    again = await read.tries_again_at(person, hands())
    assert again is not None
    assert timedelta(minutes=54) < again - hands() <= timedelta(minutes=55)
    assert await read.tries_again_at(other.person.id, hands()) is None
    hands.move(minutes=55)
    assert await read.tries_again_at(person, hands()) is None


async def test_revoking_ends_roles_and_open_invitations_of_a_name_at_once(
    store: Store, hands: Hands, read: Reader
) -> None:
    digest = await _invite(store, hands)
    await does(store, hands, UseInvite(digest), who="an")
    await _invite(store, hands, "AAAABBBB")
    await _invite(store, hands, "CCCCDDDD", "Người Khác")
    assert await store.write(lambda c: revoke(c, name="Đào Thị Trực", now=hands())) == 2
    assert (await heard(store, hands, "an")).person.roles == ()
    assert await read.invitation("AAAABBBB", hands()) is None
    assert await read.invitation("CCCCDDDD", hands()) is not None
    assert await store.write(lambda c: revoke(c, name="Đào Thị Trực", now=hands())) == 0


@pytest.mark.parametrize(
    ("roles", "unit", "serves"),
    [
        ((), "vp", False),
        ((Role("officer", "vp", "A"),), "vp", True),
        ((Role("officer", "vp", "A"),), "congan", False),
        ((Role("officer", "", "A"),), "congan", True),
        ((Role("admin", "", "A"),), "congan", True),
        ((Role("staff", "vp", "A"),), "vp", False),
        ((Role("staff", "", "A"), Role("officer", "congan", "A")), "congan", True),
    ],
)
def test_an_official_serves_the_units_of_their_roles(
    roles: tuple[Role, ...], unit: str, *, serves: bool
) -> None:
    assert Person(1, "web", "an", roles=roles).serves(unit) is serves


def test_roles_add_up_and_an_admin_may_everything() -> None:
    both = Person(1, "web", "an", roles=(Role("staff", "", "A"), Role("officer", "vp", "A")))
    assert both.has("staff")
    assert both.has("officer")
    assert not both.has("leader")
    assert Person(1, "web", "an", roles=(Role("admin", "", "A"),)).has("leader")
    assert not Person(1, "web", "an").has("officer")


async def test_a_citizens_name_is_the_platforms_and_sealed(
    store: Store, hands: Hands, read: Reader
) -> None:
    done = await does(store, hands, who="an", name="Nguyễn Thị An")
    assert await read.name_of(done.person.id) == "Nguyễn Thị An"
    (row,) = await rows(store, tables.people)
    assert "Nguyễn".encode() not in row.name
    unnamed = await does(store, hands, who="bình")
    assert await read.name_of(unnamed.person.id) == ""
    to = await read.recipient(done.person.id)
    assert (to.id, to.to.channel, to.to.id) == (done.person.id, "web", "an")
