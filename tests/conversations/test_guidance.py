import pytest

from handlers.guide_texts import papers
from handlers.office import Office
from tests.conversations.citizen_scenes import step_of
from tests.transcript import Talk


async def shown(talk: Talk) -> dict[str, int]:
    today = talk.hands().date()
    tallies = await talk.read.tallies(today, today)
    return {kind: tally.count for kind, tally in tallies.items()}


@pytest.mark.parametrize(
    "typed",
    [
        "KS01",
        "#ks01",
        "ks01",
        " KS01 ",
        "1.001193",
        "/thutuc KS01",
        "thutuc ks01",
        "/thutuc 1.001193",
    ],
)
async def test_a_code_shows_its_guide_however_it_is_typed(talk: Talk, typed: str) -> None:
    (guide,) = await talk.person().says(typed)
    for part in (
        "Thủ tục đăng ký khai sinh",
        "☐ Giấy chứng sinh",
        "Thời hạn: Trong ngày",
        "8.000đ",
        "Giấy hẹn luôn là căn cứ",
        "Nguồn:",
        "https://xa.example.vn/q/KS01",
        "[Cổng Dịch vụ công quốc gia]",
    ):
        assert part in guide
    assert await shown(talk) == {"guidance.shown": 1}


async def test_the_details_are_one_choice_away_and_no_second_showing(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("KS01")
    (details,) = await citizen.says("1")
    assert "Luật Hộ tịch" in details
    assert "1.001193" in details
    assert await shown(talk) == {"guidance.shown": 1}


async def test_a_question_that_is_clear_gets_the_guide_at_once(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    for words in (
        "Tôi muốn làm giấy khai sinh cho con mới sinh thì cần những giấy tờ gì ạ?",
        "dang ky tam tru cho nguoi thue tro can giay to gi",
    ):
        (guide,) = await citizen.says(words)
        assert "Giấy tờ cần có" in guide
    assert await shown(talk) == {"guidance.shown": 2}


async def test_several_are_listed_with_a_person_and_a_list_is_no_showing(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (listed,) = await citizen.says("/thutuc khai sinh")
    assert "thủ tục nào" in listed
    assert "Gặp cán bộ" in listed
    choices = [c for c in citizen.letters()[-1].body.choices if c.key.startswith("/thutuc")]
    assert 2 <= len(choices) <= 5
    assert await shown(talk) == {}
    (guide,) = await citizen.says("1")
    assert "Giấy tờ cần có" in guide


async def test_an_unknown_name_gets_the_nearest_and_a_person(talk: Talk) -> None:
    citizen = talk.person()
    for words in ("xyzzy qwerty", "bánh mì"):
        (none,) = await citizen.says(f"/thutuc {words}")
        assert "không tìm thấy" in none
        assert "[Gặp cán bộ]" in none
    assert await shown(talk) == {}


async def test_a_repealed_code_is_said_to_be_so_with_what_replaced_it(talk: Talk) -> None:
    citizen = talk.person()
    (told,) = await citizen.says("2.000986")
    assert "không còn hiệu lực" in told
    assert any(c.key == "/thutuc 3.000722" for c in citizen.letters()[-1].body.choices)
    (told,) = await citizen.says("/thutuc 2.001009")
    assert "Chưa rõ" in told


async def test_what_is_not_well_confirmed_is_marked(talk: Talk, office: Office) -> None:
    citizen = talk.person()
    for procedure in office.catalogue.procedures:
        (guide,) = await citizen.says(procedure.guide)
        assert ("Cần kiểm tra" in guide) is (procedure.confidence != "high")


async def test_a_start_link_of_a_poster_counts_the_scan_with_its_place(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (guide,) = await citizen.sends("/start", payload="q_KS01_nha-van-hoa-3")
    assert "khai sinh" in guide
    (guide,) = await citizen.says("/start q_ks01")
    assert "khai sinh" in guide
    assert await shown(talk) == {"guidance.scanned": 2, "guidance.shown": 2}
    (guide,) = await citizen.sends("/start", payload="g_KS01_nha-van-hoa-3")
    assert "khai sinh" in guide
    assert await shown(talk) == {"guidance.scanned": 2, "guidance.shown": 3}, "its page counted it"


@pytest.mark.parametrize("payload", ["q_ZZ99", "q_", "q_KS01_x/y", "zzz", "q_KS01_" + "a" * 40])
async def test_a_link_that_carries_no_guide_welcomes(talk: Talk, payload: str) -> None:
    (letter,) = await talk.person().sends("/start", payload=payload)
    assert "Kính chào" in letter
    assert await shown(talk) == {}


async def test_without_a_name_it_is_asked_for_and_the_answer_is_searched(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (asked,) = await citizen.says("/thutuc")
    assert "Ví dụ" in asked
    (again,) = await citizen.says("")
    assert "Ví dụ" in again
    (guide,) = await citizen.says("đăng ký tạm trú")
    assert "tạm trú" in guide
    assert await step_of(talk, citizen) == ""


async def test_something_else_in_between_is_answered(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/thutuc")
    (answer,) = await citizen.says("cho tôi xin số điện thoại đường dây nóng của xã")
    assert "Liên hệ" in answer
    assert await step_of(talk, citizen) == ""


async def test_a_qr_code_that_did_not_open_leads_to_its_short_code(talk: Talk) -> None:
    citizen = talk.person()
    (asked,) = await citizen.says("quét mã QR để xem hướng dẫn kiểu gì")
    assert "KS01" in asked
    (guide,) = await citizen.says("kt01")
    assert "khai tử" in guide


async def test_a_code_in_the_midst_of_a_draft_leaves_the_draft(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    (guide,) = await citizen.says("KS01")
    assert "/huy" in guide
    (usage,) = await citizen.says("/thutuc")
    assert "/thutuc khai sinh" in usage
    assert await step_of(talk, citizen) == "drafting.story"


async def test_too_long_a_question_is_told_the_limit(talk: Talk) -> None:
    (told,) = await talk.person().says("/thutuc " + "khai sinh " * 100)
    assert "500" in told


def test_papers_are_parted_but_not_within_brackets(office: Office) -> None:
    found = office.catalogue.by_code("KS01")
    assert found is not None
    assert len(papers(found)) == 7
