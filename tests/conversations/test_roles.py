from datetime import timedelta

import pytest

from handlers.roles import COMMANDS
from messages.codes import ALPHABET
from storage.people import invite
from tests.conversations.desk_scenes import end_roles
from tests.transcript import Talk

CODE = "7K3MABCD"


async def _invite(
    talk: Talk, code: str = CODE, role: str = "officer", unit: str = "kinhte", name: str = "Lò Mai"
) -> None:
    digest = talk.store.box.digest("invite", code)
    await talk.store.write(
        lambda connection: invite(
            connection, code_hash=digest, role=role, unit=unit, name=name, now=talk.hands()
        )
    )


@pytest.mark.parametrize(
    "typed", ["/start 7K3MABCD", "/start 7k3mabcd", "7K3MABCD", "7k3mabcd", "7K3M-ABCD"]
)
async def test_an_invitation_is_taken_in_any_form_on_every_channel(
    talk: Talk, channel: str, typed: str
) -> None:
    await _invite(talk)
    person = talk.person("new", channel)
    (welcome,) = await person.says(typed)
    assert "Lò Mai" in welcome
    assert "Phòng Kinh tế" in welcome
    assert "/truc on" in welcome
    (officer,) = await talk.read.officers("kinhte")
    assert (officer.name, officer.on_duty) == ("Lò Mai", False)


@pytest.mark.parametrize("role", ["officer", "staff", "leader", "admin"])
async def test_the_welcome_lists_what_the_role_may_write_and_no_more(talk: Talk, role: str) -> None:
    await _invite(talk, role=role, unit="")
    (welcome,) = await talk.person("new").says(f"/start {CODE}")
    listed = {line.split()[0].rstrip(":,") for line in welcome.splitlines() if line[:1] == "/"}
    desk = {"/truc", "/viec", "/nhan", "/traloi", "/hoi", "/chuyen", "/tuchoi", "/ghichu", "/tra"}
    assert listed >= desk if role in {"officer", "admin"} else not listed & desk
    assert ("/report" in listed) == (role != "officer")
    assert ("/truc on" in welcome) == (role in {"officer", "admin"})
    assert role in COMMANDS


async def test_a_code_works_once_and_only_for_48_hours(talk: Talk) -> None:
    await _invite(talk)
    await _invite(talk, "7K3MABCE")
    await talk.person("first").says(f"/start {CODE}")
    (used,) = await talk.person("second").says(f"/start {CODE}")
    (wrong,) = await talk.person("third").says("/start ZZZZZZZZ")
    talk.hands.move(hours=48)
    (lapsed,) = await talk.person("fourth").says("/start 7K3MABCE")
    assert used == wrong == lapsed
    assert "không dùng được" in wrong
    assert len(await talk.read.officers("kinhte")) == 1


async def test_roles_add_up(talk: Talk) -> None:
    await _invite(talk)
    await _invite(talk, "7K3MABCE", role="staff", unit="")
    person = talk.person("new")
    await person.says(CODE)
    await person.says("7K3MABCE")
    assert "đã bắt đầu trực" in (await person.says("/truc on"))[0]
    assert "Tổng điểm" in (await person.says("/report"))[0]


async def test_after_five_wrong_codes_in_an_hour_not_even_the_right_one_is_looked_at(
    talk: Talk,
) -> None:
    await _invite(talk)
    person = talk.person("guesser")
    for number in range(3):
        await person.says(f"/start ZZZZZZZ{number}")
    for number in range(2):
        (told,) = await person.says(f"ZZZZZZZ{number}")
        assert "không dùng được" in told
    for typed in (f"/start {CODE}", CODE):
        (told,) = await person.says(typed)
        assert "thử lại sau 10:00 thứ Hai 23/11/2026" in told
    assert await talk.read.officers("kinhte") == []
    (other,) = await talk.person("other").says("/start ZZZZZZZZ")
    assert "không dùng được" in other
    talk.hands.move(minutes=60)
    (welcome,) = await person.says(f"/start {CODE}")
    assert "Lò Mai" in welcome


@pytest.mark.parametrize("word", ["phananh1", "dang nhap", "DANG NHAP", "khaisinh", "20112026"])
async def test_eight_letters_that_are_no_code_go_on_to_be_understood(talk: Talk, word: str) -> None:
    await _invite(talk)
    letters = await talk.person("citizen").says(word)
    if word == "phananh1":
        # It looks like a code, so it is answered as a wrong one, with the way to the menu.
        assert "[Trang chính]" in letters[0]
    else:
        assert "Mã này không dùng được" not in "".join(letters)


async def test_a_person_can_take_one_code_while_another_takes_theirs(talk: Talk) -> None:
    codes = [f"7K3MABC{letter}" for letter in ALPHABET[:4]]
    for code in codes:
        await _invite(talk, code, name=f"Người {code}")
    for number, code in enumerate(codes):
        await talk.person(f"p{number}").says(code)
    assert len(await talk.read.officers("kinhte")) == 4


async def test_what_is_revoked_before_it_is_used_does_not_work(talk: Talk) -> None:
    await _invite(talk)
    await end_roles(talk, "Lò Mai")
    talk.hands.now += timedelta(seconds=1)
    (told,) = await talk.person("late").says(f"/start {CODE}")
    assert "không dùng được" in told
