"""The four components that the commune lost: each told as earned, or as a number with its gap."""

from dataclasses import replace
from pathlib import Path

import pytest

from handlers.office import Office
from handlers.report import scorecard
from handlers.village_records import Households
from messages.languages import ZONE, say
from scoring.periods import parse
from scoring.scorecard import ComponentScore
from storage.database import Store
from tests.conftest import Hands
from tests.conversations.citizen_scenes import TROUBLE
from tests.conversations.civic_scenes import LAMPS, with_press
from tests.conversations.test_households import VILLAGES, answers
from tests.dossiers.exports import imported
from tests.dossiers.test_asking import dossier
from tests.transcript import Talk, code_in

LOST = ("1.14", "2.10", "2.11", "4.08")


@pytest.fixture
def office(office: Office, store: Store, hands: Hands, tmp_path: Path) -> Office:
    known = tuple(Households(village=name, count=4) for name in VILLAGES)
    commune = office.commune.model_copy(update={"villages": VILLAGES, "households": known})
    return with_press(replace(office, commune=commune), store, hands, tmp_path)


async def scored(talk: Talk, period: str = "") -> dict[str, ComponentScore]:
    found = parse(period, talk.hands().astimezone(ZONE).date())
    card, _facts = await scorecard(talk.read, talk.office, found, talk.hands())
    every = (one for each in card.criteria for one in each.components)
    return {one.component.id: one for one in every if one.component.id in LOST}


async def told(talk: Talk) -> dict[str, str]:
    """What the report in the chat says of each."""
    staff = await talk.official("staff")
    lines = "\n".join(await staff.says("/report")).splitlines()
    return {id_: next(line for line in lines if line.startswith(f"- {id_} ")) for id_ in LOST}


async def test_before_anything_happened_each_tells_its_number_and_its_gap(talk: Talk) -> None:
    said = await told(talk)
    assert "?/2" in said["1.14"]
    assert "0 phản ánh, góp ý đã nhận" in said["1.14"]
    assert "Còn 2 điểm chưa chấm" in said["1.14"]
    assert "?/1" in said["2.10"]
    assert "cần ít nhất 1" in said["2.10"]
    assert "0 hồ sơ" in said["2.11"]
    assert "?/2" in said["4.08"]
    assert "Chưa hỏi hộ nào; cần đạt 100%" in said["4.08"]


async def test_what_was_earned_is_shown_and_the_rest_with_its_gap(talk: Talk) -> None:
    leader, citizen = await talk.official("leader"), talk.person(name="Bà Sáng")
    code_in(await citizen.says(f"/gopy {TROUBLE}"))
    idea = code_in(await citizen.says(f"/sangkien {LAMPS}"))
    await leader.says(f"/congnhan {idea} Quyết định số 1")
    await leader.presses("Soạn thư biểu dương")
    for _field in range(3):
        await leader.presses("Giữ nguyên")
    await leader.presses("Trình lãnh đạo")
    await leader.presses("Duyệt")
    await imported(talk, dossier())
    for number, (village, yes) in enumerate([("Thôn Một", True), ("Thôn Hai", False)]):
        await answers(talk.person(f"h{number}"), village, f"Chủ hộ {number}", yes=yes)
    said = await told(talk)
    assert "1*/1" in said["2.10"]
    assert "2 phản ánh, góp ý đã nhận" in said["1.14"]
    for piece in ("?/2", "ƯỚC TÍNH", "50% số hộ (1/2 hộ", "25%", "còn thiếu 50 điểm phần trăm"):
        assert piece in said["4.08"], said["4.08"]
    assert (await scored(talk))["4.08"].evidence == 2


async def test_when_the_period_is_over_a_rate_too_low_is_proposed_as_lost_and_a_person_decides(
    talk: Talk,
) -> None:
    await answers(talk.person("a"), "Thôn Một", "Chủ hộ", yes=False)
    assert (await scored(talk))["4.08"].score is None
    await talk.pass_time(days=60)
    found = (await scored(talk, "2026-H2"))["4.08"]
    assert found.score == 0
    assert found.provisional
    assert "ƯỚC TÍNH" in say(found.reason)
    assert "còn thiếu 100 điểm" in say(found.reason)
    staff = await talk.official("staff")
    await staff.says("/tucham 2026-H2 4.08 1 Sở đã xác nhận tỷ lệ")
    found = (await scored(talk, "2026-H2"))["4.08"]
    assert found.score == 1
    assert not found.provisional
    # The next half year is asked anew.
    assert (await scored(talk, "2027-H1"))["4.08"].score is None


async def test_every_household_of_every_village_earns_the_component(talk: Talk) -> None:
    staff = await talk.official("staff")
    for village in VILLAGES:
        await staff.says(f"/hodan {village}\nA An; có\nB Ba; có\nC Ca; có\nD Do; có")
    found = (await scored(talk))["4.08"]
    assert found.score == 2
    assert "ƯỚC TÍNH" not in say(found.reason)
