"""A person reads all that is held about them, and what they agreed to is proven."""

import re
from datetime import timedelta

from handlers.own_data import as_text
from storage.held import held_by_link
from storage.media import Media
from tests.privacy.whole_life import HOME, NAME, OTHER_NAME, WORDS, lived
from tests.transcript import Somebody, Talk

LINK = re.compile(r"/du-lieu/([0-9A-Z]{26})\b")


async def file_of(talk: Talk, somebody: Somebody) -> str:
    """Let somebody ask for their data, and open the link."""
    link = LINK.search("\n".join(await somebody.says("/dulieu")))
    assert link
    found = await held_by_link(talk.read, link[1], talk.hands())
    assert found
    return as_text(found, talk.office)


async def test_the_file_has_everything_at_all_addresses(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    told = await file_of(talk, life.first)
    for part in (NAME, OTHER_NAME, "84912345678", *life.codes, *WORDS[:5], *WORDS[6:8]):
        assert part in told
    assert "H24.107-261116-0001" in told
    assert "Thôn Một" in told
    # Notes that officials make for each other are theirs.
    assert WORDS[8] not in told
    assert HOME not in told


async def test_a_link_lapses_and_a_new_one_takes_its_place(talk: Talk) -> None:
    citizen = talk.person()
    codes = []
    for _time in range(2):
        link = LINK.search("\n".join(await citizen.says("/dulieu")))
        assert link
        codes.append(link[1])
    assert await held_by_link(talk.read, codes[0], talk.hands()) is None
    assert await held_by_link(talk.read, codes[1], talk.hands())
    later = talk.hands() + timedelta(minutes=31)
    assert await held_by_link(talk.read, codes[1], later) is None


async def test_a_stranger_is_in_nobodys_file(talk: Talk) -> None:
    one, other = talk.person("one"), talk.person("other", "telegram")
    await one.says("/gopy Đường vỡ ổ gà to trước cổng trường")
    assert "ổ gà" not in await file_of(talk, other)
    assert "ổ gà" in await file_of(talk, one)


async def test_in_a_group_the_link_goes_to_the_person_alone(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    await citizen.says("xin chào")
    await citizen.sends("/dulieu", group="g1")
    for letter in citizen.letters():
        assert not (LINK.search(letter.body.text) and letter.body.group)
    assert any(LINK.search(letter.body.text) for letter in citizen.letters())


async def test_what_was_agreed_to_is_kept_with_its_version_and_when_it_was_taken_back(
    talk: Talk,
) -> None:
    citizen = talk.person()
    await citizen.says("/theodoi loichuc on")
    await citizen.says("/theodoi loichuc on")
    talk.hands.move(days=1)
    await citizen.says("/ngungnhan loichuc")
    talk.hands.move(days=1)
    await citizen.says("/theodoi khaosat on")
    link = LINK.search("\n".join(await citizen.says("/dulieu")))
    assert link
    held = await held_by_link(talk.read, link[1], talk.hands())
    assert held
    first, second = held.consents
    assert (first.purpose, second.purpose) == ("loichuc", "khaosat")
    assert first.withdrawn_at
    assert first.withdrawn_at - first.given_at > timedelta(hours=23)
    assert second.withdrawn_at is None
    assert all(re.fullmatch(r"[0-9a-f]{12}", one.version) for one in held.consents)
    assert first.version != second.version
