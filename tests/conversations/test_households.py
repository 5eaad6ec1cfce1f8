"""Households and the city's app: each counted once, the estimate says that it is one."""

from dataclasses import replace

import pytest

from handlers.households import means, read_list, village_named
from handlers.office import Office
from handlers.village_records import Households
from storage.database import Store
from tests.conftest import Hands
from tests.conversations.citizen_scenes import DENOUNCED, step_of
from tests.conversations.civic_scenes import counted
from tests.transcript import Somebody, Talk, talking

VILLAGES = ("Thôn Một", "Thôn Hai")


@pytest.fixture
def office(office: Office) -> Office:
    """A commune that has told its villages, and of one how many households it has."""
    known = (Households(village="Thôn Một", count=4),)
    commune = office.commune.model_copy(update={"villages": VILLAGES, "households": known})
    return replace(office, commune=commune)


async def answers(somebody: Somebody, village: str, head: str, *, yes: bool) -> list[str]:
    await somebody.says("/hpsmart")
    await somebody.presses(village)
    await somebody.says(head)
    return await somebody.presses("Đã cài" if yes else "Chưa cài")


async def test_a_household_answers_and_is_shown_how_to_install(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    (told,) = await answers(citizen, "Thôn Một", "Nguyễn Văn An", yes=False)
    assert "đã được ghi nhận" in told
    assert "CH Play" in told
    assert "chưa cập nhật" in told
    assert await counted(talk, "household.answered") == 1
    assert await step_of(talk, citizen) == ""


async def test_a_household_is_counted_once_whoever_answers_for_it(talk: Talk) -> None:
    staff = await talk.official("staff")
    await answers(talk.person("a"), "Thôn Một", "Nguyễn Văn An", yes=False)
    await answers(talk.person("b"), "Thôn Một", "ông NGUYEN  VAN AN", yes=True)
    await answers(talk.person("d"), "Thôn Hai", "Nguyễn Văn An", yes=False)
    (told,) = await staff.says("/uoctinh")
    assert "Thôn Một: 1/1 hộ" in told
    assert "Thôn Hai: 0/1 hộ" in told
    assert await counted(talk, "household.answered") == 2


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("thon 1", "Thôn 1"),
        ("Thôn 10", "Thôn 10"),
        ("tổ dân phố", "Tổ dân phố Nguyễn Đình Chiểu, khu đô thị mới phía Nam sông"),
        ("Thôn", ""),
        ("Làng", ""),
    ],
)
def test_a_village_is_found_by_its_whole_name_or_by_what_begins_no_other(
    office: Office, typed: str, found: str
) -> None:
    long = "Tổ dân phố Nguyễn Đình Chiểu, khu đô thị mới phía Nam sông"
    villages = ("Thôn 10", "Thôn 1", long)
    assert village_named(office.commune.model_copy(update={"villages": villages}), typed) == found


async def test_a_long_name_of_a_village_fits_a_button(
    store: Store, office: Office, hands: Hands
) -> None:
    long = "Tổ dân phố Nguyễn Đình Chiểu, khu đô thị mới phía Nam sông"
    commune = office.commune.model_copy(update={"villages": (long,)})
    async with talking(store, replace(office, commune=commune), hands) as talk:
        citizen, staff = talk.person("c", "telegram"), await talk.official("staff")
        await answers(citizen, "Tổ dân phố", "Nguyễn Văn An", yes=True)
        assert long in (await staff.says("/uoctinh"))[-1]


async def test_a_person_answers_once_in_a_round_and_again_in_the_next(talk: Talk) -> None:
    citizen = talk.person()
    await answers(citizen, "Thôn Một", "Nguyễn Văn An", yes=True)
    (told,) = await citizen.says("/hpsmart")
    assert "đã trả lời" in told
    await talk.pass_time(days=60)
    await answers(citizen, "Thôn Một", "Nguyễn Văn An", yes=True)
    assert await counted(talk, "household.answered") == 1


async def test_a_village_head_enters_a_list_and_learns_what_could_not_be_read(
    talk: Talk, channel: str
) -> None:
    head = await talk.official("village", channel=channel, name="Trưởng thôn")
    await head.says("/hodan thon mot")
    (told,) = await head.says("Nguyễn Văn An; có\nTrần Thị Bé: chưa\n\nLê Ca\nNguyen van an, chưa")
    assert "2 hộ" in told
    assert "dòng 4: Lê Ca" in told
    (estimate,) = await head.says("/uoctinh")
    assert "Thôn Một: 0/2 hộ" in estimate
    assert "đã hỏi: 50%" in estimate


async def test_a_village_that_was_asked_completely_is_no_estimate(talk: Talk) -> None:
    staff = await talk.official("staff")
    await staff.says("/hodan Thôn Một\nA An; có\nB Ba; có\nC Ca; chưa\nD Do; có")
    (told,) = await staff.says("/uoctinh")
    assert "Thôn Một: 3/4 hộ = 75%, đã hỏi đủ" in told
    assert "ƯỚC TÍNH" in told
    assert "Chưa cập nhật số hộ: Thôn Hai" in told


async def test_a_village_head_has_no_other_right(talk: Talk) -> None:
    head = await talk.official("village")
    for typed in ("/report", "/viec", "/thu", "/dssangkien"):
        (told,) = await head.says(typed)
        assert "Không có lệnh" in told or "không có lệnh" in told


async def test_an_unknown_village_and_a_denunciation_are_not_taken(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/hpsmart")
    (told,) = await citizen.says("Thôn Không Có")
    assert "không tìm thấy" in told
    await citizen.says("Thôn Một")
    (told,) = await citizen.says(DENOUNCED)
    assert "không lưu" in told
    assert await talk.read.households.counts("hpsmart-2026-H2") == {}


async def test_every_step_asks_again_and_is_left(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/hpsmart")
    for answer, step in (("Thôn Một", "household"), ("Bùi Văn Em", "installed")):
        await citizen.says("")
        await citizen.says(answer)
        assert await step_of(talk, citizen) == f"households.{step}"
    await citizen.says("không biết nữa")
    assert await step_of(talk, citizen) == "households.installed"
    await citizen.says("/huy")
    assert await step_of(talk, citizen) == ""


@pytest.mark.parametrize(
    ("text", "answer"),
    [("có", True), ("Đã cài.", True), ("chưa", False), ("0", False), ("x", True), ("?", None)],
)
def test_lists_say_yes_and_no_in_their_own_ways(text: str, answer: bool | None) -> None:  # noqa: FBT001 - the answer itself
    assert means(text) is answer


def test_an_empty_list_has_no_rows() -> None:
    assert read_list("\n \n").rows == {}
