"""A word that is a command only with its sign, because alone it answers or asks something else."""

import pytest

from tests.conversations.citizen_scenes import answered, step_of
from tests.transcript import Talk


@pytest.mark.parametrize("text", ["số điện thoại", "Số điện thoại?", "sđt", "sdt"])
async def test_who_asks_for_a_number_is_told_ours(talk: Talk, channel: str, text: str) -> None:
    (told,) = await talk.person("c", channel).says(text)
    assert "114" in told
    assert "chúng tôi có thể gọi" not in told.lower()


async def test_hailong_is_a_comment_where_one_is_asked_for(talk: Talk, channel: str) -> None:
    officer, citizen = await talk.official(), talk.person("c", channel)
    code = await answered(talk, citizen, officer)
    await citizen.says(f"/danhgia {code} 5")
    officer.forgets()
    (thanks,) = await citizen.says("Hài lòng")
    assert "Nhận xét đã chuyển" in thanks
    assert "Hài lòng" in "".join(officer.new())


async def test_at_home_is_a_time_and_place_where_one_is_asked_for(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("/tainha")
    for said in ("2", "Trợ cấp xã hội", "Tại nhà"):
        await citizen.says(said)
    assert await step_of(talk, citizen) == "dossier_home.when"


@pytest.mark.parametrize("text", ["Trang chính", "về trang chính", "menu chính", "TRANG CHỦ"])
async def test_the_menu_is_reached_by_its_name(talk: Talk, channel: str, text: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("asdf qwer")
    (menu,) = await citizen.says(text)
    assert "Gửi phản ánh" in menu


@pytest.mark.parametrize("text", ["Hủy bỏ", "huy bo", "dừng lại", "Thôi không làm nữa", "thoát ra"])
async def test_a_conversation_is_left_in_plain_words(talk: Talk, channel: str, text: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/gopy")
    await citizen.says(text)
    assert await step_of(talk, citizen) == ""
