import pytest

from handlers import rating
from storage.tickets import Event
from tests.conversations.citizen_scenes import TROUBLE, answered, step_of, ticket
from tests.transcript import Talk, code_in


async def rated(talk: Talk) -> tuple[int, int]:
    """How often was rated, and the sum."""
    today = talk.hands().date()
    tally = (await talk.read.tallies(today, today)).get("rating")
    return (tally.count, tally.total) if tally else (0, 0)


async def test_the_answer_is_rated_by_its_button_and_commented(talk: Talk, channel: str) -> None:
    officer, citizen = await talk.official(), talk.person("c", channel)
    code = await answered(talk, citizen, officer)
    (thanks,) = await citizen.says("5")
    assert "nhận xét" in thanks
    assert (await ticket(talk, code)).rating == 5
    await citizen.says("Làm nhanh, cảm ơn các anh")
    notes = [h.note for h in await talk.read.history(code) if h.event is Event.COMMENTED]
    assert notes == ["Làm nhanh, cảm ơn các anh"]
    assert "Làm nhanh" in "".join(officer.new())
    assert await rated(talk) == (1, 5)


async def test_one_answer_is_rated_once(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    await citizen.says(f"/danhgia {code} 4")
    await citizen.presses("Không nhận xét")
    (again,) = await citizen.says(f"/danhgia {code} 1")
    assert "đã chấm điểm" in again
    assert (await ticket(talk, code)).rating == 4
    assert await rated(talk) == (1, 4)


async def test_the_next_answer_may_be_rated_again(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    (sorry,) = await citizen.says(f"/danhgia {code} 1")
    assert "xin lỗi" in sorry
    await citizen.presses("Đề nghị xem lại")
    (early,) = await citizen.says(f"/danhgia {code} 5")
    assert "chưa có câu trả lời" in early
    await officer.says(f"/traloi {code} Đã làm lại")
    await citizen.says(f"/danhgia {code} 5")
    assert await rated(talk) == (2, 6)


async def test_a_low_rating_is_told_to_the_officer_a_high_one_is_not(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    first = await answered(talk, citizen, officer)
    await citizen.says(f"/danhgia {first} 5")
    assert officer.new() == []
    second = await answered(talk, citizen, officer)
    await citizen.says(f"/danhgia {second} 2")
    assert "2/5" in "".join(officer.new())


async def test_only_its_owner_rates_and_a_stranger_learns_nothing(talk: Talk) -> None:
    officer, citizen, stranger = await talk.official(), talk.person(), talk.person("s")
    code = await answered(talk, citizen, officer)
    assert await stranger.says(f"/danhgia {code} 5") == await stranger.says(
        "/danhgia PA2611-ZZZZ 5"
    )
    assert (await ticket(talk, code)).rating is None


async def test_before_an_answer_there_is_nothing_to_rate(talk: Talk) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    (early,) = await citizen.says(f"/danhgia {code} 5")
    assert "chưa có câu trả lời" in early
    (none,) = await citizen.says("Tôi chấm 5 điểm, cán bộ nhiệt tình")
    assert "không có câu trả lời nào chờ" in none
    assert await rated(talk) == (0, 0)


async def test_a_rating_in_words_goes_to_the_last_answer_with_its_comment(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person("c", "zalo")
    code = await answered(talk, citizen, officer)
    await citizen.says("Tôi chấm 5 điểm, cán bộ nhiệt tình")
    assert (await ticket(talk, code)).rating == 5
    assert "cán bộ nhiệt tình" in "".join(h.note for h in await talk.read.history(code))


async def test_without_a_number_it_is_asked_for(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    (asked,) = await citizen.says("/danhgia")
    assert code in asked
    await citizen.says("3")
    assert (await ticket(talk, code)).rating == 3


@pytest.mark.parametrize("text", ["0", "6", "-1", "năm", "55", "4.5", "1e9"])
async def test_other_numbers_are_no_rating(talk: Talk, text: str) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    await citizen.says(f"/danhgia {code} {text}")
    assert (await ticket(talk, code)).rating is None


async def test_a_comment_too_long_is_asked_for_again_and_a_question_leads_away(talk: Talk) -> None:
    officer, citizen = await talk.official(), talk.person()
    code = await answered(talk, citizen, officer)
    await citizen.says(f"/danhgia {code} 3")
    (told,) = await citizen.says("dài " * 1000)
    assert "1000" in told
    (guide,) = await citizen.says("Tôi muốn làm giấy khai sinh cho con thì cần giấy tờ gì?")
    assert "khai sinh" in guide
    assert await step_of(talk, citizen) == ""
    assert not [h for h in await talk.read.history(code) if h.event is Event.COMMENTED]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("Tôi chấm 5 điểm", 5),
        ("cho 4/5 nhé", 4),
        ("năm sao", 5),
        ("ba điểm", 3),
        ("10 điểm", None),
        ("hài lòng", None),
    ],
)
def test_points_are_read_out_of_words(text: str, points: int | None) -> None:
    assert rating.points_in(text) == points
