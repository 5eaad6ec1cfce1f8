"""The weekly calendar and the reception schedule."""

from tests.conversations.civic_scenes import counted
from tests.transcript import Talk

WEEK = "Thứ Hai: họp giao ban\nThứ Năm: tiếp công dân"


async def test_one_command_publishes_counts_and_sends(talk: Talk, channel: str) -> None:
    follower = talk.person("f", channel)
    await follower.says("/lichtuan")
    await follower.presses("Gửi cho tôi hằng tuần")
    follower.forgets()
    staff = await talk.official("staff", channel=channel)
    (told,) = await staff.says(f"/lichtuan {WEEK}")
    assert "23/11/2026" in told
    assert "1 người" in told
    await talk.pass_time(seconds=2)
    (letter,) = follower.new()
    assert WEEK in letter
    assert "/ngungnhan lich" in letter
    (shown,) = await talk.person("g", channel).says("/lichtuan")
    assert WEEK in shown
    assert await counted(talk, "publication") == 1
    assert await counted(talk, "publication.week") == 1


async def test_a_day_names_the_week_and_a_new_text_takes_the_place_of_the_old(talk: Talk) -> None:
    staff = await talk.official("staff")
    await staff.says("/lichtuan 02/12/2026: cũ")
    await staff.says("/lichtuan 04/12/2026: mới")
    (shown,) = await talk.person().says("/lichtuan")
    assert "30/11/2026" in shown
    assert "mới" in shown
    assert "cũ" not in shown
    (told,) = await staff.says("/lichtuan 31/02/2026: x")
    assert "không phải là một ngày" in told


async def test_the_reception_schedule_is_published_alike(talk: Talk) -> None:
    staff = await talk.official("staff")
    await staff.says("/lichtiepdan Thứ Năm, 8 giờ, phòng tiếp công dân")
    (shown,) = await talk.person().says("/lichtiepdan")
    assert "phòng tiếp công dân" in shown
    assert await counted(talk, "publication.reception") == 1


async def test_citizens_publish_nothing(talk: Talk) -> None:
    (told,) = await talk.person().says(f"/lichtuan {WEEK}")
    assert "chưa công bố" in told
    assert await counted(talk, "publication") == 0
