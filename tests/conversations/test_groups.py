"""Officials in a Telegram group: it is told of new tickets, and may take them there."""

from dataclasses import replace

import pytest

from handlers.office import Office
from messages.envelope import Kind, Outgoing
from storage.database import Store
from tests.conftest import Hands
from tests.conversations.desk_scenes import UNIT
from tests.transcript import Somebody, Talk, code_in, talking

GROUP = "-1001900000001"
PLACES = (GROUP, f"{GROUP}/45")
WORDS = "Đường thôn 3 có ổ gà to trước nhà ông Tư"


def _with_group(office: Office, place: str) -> Office:
    """The commune whose unit has a Telegram group."""
    units = tuple(
        unit.model_copy(update={"telegram_group": place}) if unit.id == UNIT else unit
        for unit in office.commune.units
    )
    return replace(office, commune=office.commune.model_copy(update={"units": units}))


def _in_group(talk: Talk) -> list[Outgoing]:
    return [one.body for one in talk.channels["telegram"].letters if one.body.group]


async def _taken_in(talk: Talk) -> Somebody:
    group = talk.person(GROUP, "telegram", "Tổ tiếp dân")
    await group.sends(kind=Kind.FOLLOWED, group=GROUP)
    return group


@pytest.mark.parametrize("place", PLACES)
async def test_a_new_ticket_is_told_in_the_units_group_without_the_citizens_words(
    store: Store, office: Office, hands: Hands, place: str
) -> None:
    async with talking(store, _with_group(office, place), hands) as talk:
        officer = await talk.official(unit=UNIT, channel="telegram")
        await _taken_in(talk)
        citizen = talk.person("c", "web", "Cụ Năm")
        code = code_in(await citizen.says(f"/gopy {WORDS}"))
        greeting, card = _in_group(talk)
        assert GROUP in greeting.text
        assert card.group == place
        assert code in card.text
        for private in ("ông Tư", "Cụ Năm", "ổ gà"):
            assert private not in card.text
        assert any(WORDS in letter for letter in officer.new())


@pytest.mark.parametrize("place", PLACES)
async def test_an_officer_takes_a_ticket_in_the_group_and_reads_it_in_private(
    store: Store, office: Office, hands: Hands, place: str
) -> None:
    async with talking(store, _with_group(office, place), hands) as talk:
        officer = await talk.official(unit=UNIT, channel="telegram")
        await _taken_in(talk)
        code = code_in(await talk.person().says(f"/gopy {WORDS}"))
        await officer.sends(choice=f"/nhan {code}", group=place)
        taken = _in_group(talk)[-1]
        assert taken.group == place
        assert code in taken.text
        officer.forgets()
        (shown,) = await officer.sends(choice=f"/phieu {code}", group=place)
        assert WORDS in shown
        assert _in_group(talk)[-1] is taken


async def test_the_answer_may_be_a_reply_to_the_card_in_its_topic(
    store: Store, office: Office, hands: Hands
) -> None:
    place = f"{GROUP}/45"
    async with talking(store, _with_group(office, place), hands) as talk:
        officer = await talk.official(unit=UNIT, channel="telegram")
        await _taken_in(talk)
        citizen = talk.person()
        await citizen.says(f"/gopy {WORDS}")
        card = len(talk.channels["telegram"].letters)
        await officer.sends("Chiều nay xã cho vá.", group=place, reply_to=f"out-{card}")
        assert any("Chiều nay xã cho vá." in letter for letter in citizen.new())


async def test_a_stranger_in_the_group_can_neither_take_nor_read(
    store: Store, office: Office, hands: Hands
) -> None:
    async with talking(store, _with_group(office, GROUP), hands) as talk:
        await talk.official(unit=UNIT, channel="telegram")
        await _taken_in(talk)
        code = code_in(await talk.person().says(f"/gopy {WORDS}"))
        stranger = talk.person("stranger", "telegram")
        for press in (f"/nhan {code}", f"/phieu {code}"):
            for letter in await stranger.sends(choice=press, group=GROUP):
                assert "ổ gà" not in letter
        ticket = await talk.read.ticket(code)
        assert ticket is not None
        assert ticket.assignee_id is None


async def test_a_group_that_threw_the_bot_out_is_told_nothing_more(
    store: Store, office: Office, hands: Hands
) -> None:
    async with talking(store, _with_group(office, GROUP), hands) as talk:
        group = await _taken_in(talk)
        await group.sends(kind=Kind.LEFT, group=GROUP)
        await talk.person().says(f"/gopy {WORDS}")
        assert len(_in_group(talk)) == 1


async def test_without_a_group_in_the_file_nothing_goes_to_one(talk: Talk) -> None:
    await _taken_in(talk)
    await talk.person().says(f"/gopy {WORDS}")
    assert len(_in_group(talk)) == 1


async def test_an_administrator_asks_for_the_number_of_a_topic(talk: Talk) -> None:
    admin = await talk.official("admin", channel="telegram")
    (told,) = await admin.sends("/nhom", group=f"{GROUP}/45")
    assert f"{GROUP}/45" in told
    (told,) = await admin.says("/nhom")
    assert "/nhom" in told
