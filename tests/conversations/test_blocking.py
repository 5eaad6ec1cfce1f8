"""Whoever is shut out: nothing of theirs is taken, but what nobody may be kept from."""

import pytest

from tests.conversations.citizen_scenes import BURNING, TROUBLE, voice
from tests.transcript import Somebody, Talk, code_in


async def shut_out(talk: Talk, days: int = 3, channel: str = "web") -> tuple[Somebody, Somebody]:
    """Let a leader shut a citizen out; give both."""
    leader, citizen = await talk.official("leader"), talk.person("c", channel)
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await leader.says(f"/chan {code} {days} Quảng cáo lặp lại")
    await leader.says("1")
    (told,) = citizen.new()
    assert "Quảng cáo lặp lại" in told
    return leader, citizen


async def test_nothing_of_theirs_is_taken_until_it_ends(talk: Talk, channel: str) -> None:
    _leader, citizen = await shut_out(talk, channel=channel)
    before = len(await talk.read.all_tickets())
    for text in ("/gopy Mua hàng giá rẻ đi", "xin chào", "/help", "PA2611-1000"):
        assert await citizen.says(text) == []
    assert len(await talk.read.all_tickets()) == before
    talk.hands.move(days=3, seconds=1)
    assert code_in(await citizen.says("/gopy Cống tắc trước nhà văn hóa"))


async def test_an_emergency_gets_its_numbers_all_the_same(talk: Talk) -> None:
    _leader, citizen = await shut_out(talk)
    (told,) = await citizen.says(BURNING)
    assert "114" in told


@pytest.mark.parametrize("word", ["/riengtu", "/dulieu", "/quyendulieu", "xoadulieu"])
async def test_the_rights_over_ones_data_stay(talk: Talk, word: str) -> None:
    _leader, citizen = await shut_out(talk)
    assert await citizen.says(word)


async def test_who_is_shut_out_can_be_erased(talk: Talk) -> None:
    _leader, citizen = await shut_out(talk)
    await citizen.says("/xoadulieu")
    assert code_in(await citizen.says("có"))


async def test_it_is_asked_once_more_and_a_no_changes_nothing(talk: Talk) -> None:
    leader, citizen = await talk.official("leader"), talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await leader.says(f"/chan {code} 3 Quảng cáo")
    assert citizen.new() == []
    await leader.says("2")
    assert await citizen.says("xin chào")


async def test_it_is_taken_back_at_once(talk: Talk) -> None:
    leader, citizen = await shut_out(talk)
    (ticket,) = await talk.read.all_tickets()
    await leader.says(f"/bochan {ticket.code}")
    assert "lại nhận" in citizen.new()[0]
    assert await citizen.says("xin chào")


@pytest.mark.parametrize("form", ["", "3", "0 vì sao", "31 vì sao", "ba ngày vì sao"])
async def test_without_days_and_a_reason_nothing_is_asked(talk: Talk, form: str) -> None:
    leader, citizen = await talk.official("leader"), talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    (told,) = await leader.says(f"/chan {code} {form}")
    assert "/chan PA2611-7K3M" in told


async def test_no_official_is_shut_out_and_no_officer_shuts_out(talk: Talk) -> None:
    leader, officer = await talk.official("leader"), await talk.official(name="Hai")
    own = code_in(await officer.says(f"/gopy {TROUBLE}"))
    (told,) = await leader.says(f"/chan {own} 3 Vì sao")
    assert "vai trò" in told
    citizen = talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    await officer.says(f"/chan {code} 3 Vì sao")
    await officer.says("1")
    assert await citizen.says("xin chào")


async def test_a_stranger_is_not_shut_out_with_them(talk: Talk) -> None:
    await shut_out(talk)
    assert await talk.person("other").says("xin chào")


async def test_the_same_words_are_filed_three_times_a_day_and_no_more(talk: Talk) -> None:
    citizen = talk.person()
    codes = {code_in(await citizen.says(f"/gopy {TROUBLE}")) for _time in range(3)}
    assert len(codes) == 3
    (told,) = await citizen.says(f"/gopy {TROUBLE}")
    assert "nhiều lần" in told
    assert code_in([told]) in codes
    assert len(await talk.read.all_tickets()) == 3
    assert code_in(await citizen.says("/gopy Cống tắc trước nhà văn hóa")) not in codes
    talk.hands.move(days=1)
    assert code_in(await citizen.says(f"/gopy {TROUBLE}")) not in codes


@pytest.mark.parametrize("own", ["pin", "photo", "place", "voice"])
async def test_the_same_words_from_another_place_are_filed(talk: Talk, own: str) -> None:
    citizen = talk.person("c", "zalo")
    codes = set()
    for number in range(4):
        await citizen.says("/gopy")
        await citizen.says("1")
        if own == "voice":
            await citizen.sends(attachments=(voice(),))
        else:
            await citizen.says("Đường hỏng")
        if own == "photo":
            await citizen.photo(ref=f"p{number}")
        await citizen.says("không")
        if own == "pin":
            await citizen.location(latitude=20.7 + number / 100)
        elif own == "place":
            await citizen.says(f"Trước nhà số {number}")
        else:
            await citizen.presses("Bỏ qua")
        codes.add(code_in(await citizen.presses("Gửi")))
    assert len(codes) == 4


async def test_the_same_words_of_another_kind_or_beside_a_placed_one_are_filed(talk: Talk) -> None:
    citizen = talk.person()
    for _time in range(3):
        await citizen.says(f"/gopy {TROUBLE}")
    await citizen.says(f"/sangkien {TROUBLE}")
    assert len(await talk.read.all_tickets()) == 4
    for _time in range(2):
        await citizen.says(f"/gopy {TROUBLE}")
    await citizen.location()
    await citizen.says(f"/gopy {TROUBLE}")
    assert len(await talk.read.all_tickets()) == 7


async def test_what_a_neighbour_says_in_the_same_words_is_filed(talk: Talk) -> None:
    for name in ("one", "two", "three", "four", "five"):
        await talk.person(name).says(f"/gopy {TROUBLE}")
    assert len(await talk.read.all_tickets()) == 5
