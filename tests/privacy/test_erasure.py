"""Whoever asks to be erased is gone from every table; what is counted and sealed stays true."""

import os
from collections.abc import Collection

import pytest

from messages.envelope import Incoming, Kind
from storage.carrying import CarryCodes
from storage.erasure import erase_waiting
from storage.evidence import seal_days, verify
from storage.media import Media
from storage.tickets import State
from tests.conversations.citizen_scenes import DENOUNCED, TROUBLE, state
from tests.privacy.whole_life import (
    ASKED,
    SEALED_WORDS,
    SURVEYED,
    Life,
    lived,
    mentions,
    references,
)
from tests.transcript import Talk, code_in

STAYS = {
    "tickets.person_id": "that a ticket came and when is counted; the person has no address left",
    "ticket_events.actor_id": "the history of a ticket is counted from",
    "inbox.person_id": "the number of a handled message keeps a second copy out",
    "dossier_tries.person_id": "wrong tries of the last day keep others from guessing",
    "timers.person_id": "the clock of the request itself, which the office owes",
    "erasures.person_id": "that the erasure was asked for and done",
}
"""Columns that may lead to the person who has neither name nor address any more, and why."""

NOBODYS = {
    ("survey_answers.words", SURVEYED): "nothing tells whose answers to a survey are",
    ("questions.words", ASKED): "nothing tells who asked what no guide answers",
}


async def erased(talk: Talk, kept: Media, life: Life) -> str:
    """Let them ask to be erased, and the clock look; give the receipt."""
    await life.first.says("/xoadulieu")
    receipt = (await life.first.says("1"))[-1]
    assert await erase_waiting(talk.store, kept, talk.hands()) == len(life.ids)
    return receipt


async def test_the_search_finds_a_person_who_has_used_everything(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    places = {place.partition(".")[0] for place in await references(talk.store, life.ids)}
    assert places >= {
        "dossier_followers",
        "dossier_tries",
        "inbox",
        "invite_tries",
        "join_codes",
        "official_letters",
        "people",
        "subscriptions",
        "ticket_events",
        "tickets",
        "timers",
    }
    said = {place for place, _mark in await mentions(talk.store, SEALED_WORDS)}
    assert said >= {
        "initiatives.decision",
        "official_letters.fields",
        "outbox.body",
        "people.data",
        "people.name",
        "people.phone",
        "ticket_events.note",
        "ticket_register.address",
        "ticket_register.name",
        "ticket_words.words",
    }
    assert life.photos
    assert all(path.exists() for path in life.photos)


async def test_after_erasure_no_table_has_anything_of_them(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    addresses = (life.first.address.id, life.second.address.id)
    receipt = await erased(talk, kept, life)
    assert code_in([receipt])
    assert await references(talk.store, life.ids) <= STAYS.keys()
    assert await mentions(talk.store, addresses) == set()
    assert await mentions(talk.store, SEALED_WORDS) == set()
    left = await mentions(talk.store, (SURVEYED, ASKED))
    assert left <= NOBODYS.keys()
    assert not any(path.exists() for path in life.photos)


async def test_counts_and_seals_stay_true(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    await talk.pass_time(days=1)
    await seal_days(talk.store, talk.hands())
    start = talk.hands().date().replace(month=1, day=1)
    before = await talk.read.tallies(start, talk.hands().date())
    ratings = [one.rating for one in await talk.read.all_tickets()]
    await erased(talk, kept, life)
    after = await talk.read.tallies(start, talk.hands().date())
    assert {kind: after[kind] for kind in before if not kind.startswith("feedback")} == {
        kind: tally for kind, tally in before.items() if not kind.startswith("feedback")
    }
    assert after["feedback.received"].count == before["feedback.received"].count + 1
    assert [one.rating for one in await talk.read.all_tickets()][: len(ratings)] == ratings
    assert await verify(talk.store) == []


async def test_open_tickets_are_withdrawn_and_their_officers_told(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    life.officer.forgets()
    await erased(talk, kept, life)
    told = "\n".join(life.officer.new())
    for code in life.codes:
        found = await talk.read.ticket(code)
        assert found is not None
        assert not found.is_open
        if found.state is State.WITHDRAWN:
            assert code in told


async def test_the_office_still_owes_the_request_an_answer(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    code = code_in([await erased(talk, kept, life)])
    assert await state(talk, code) is State.NEW
    # Its clock still runs, in the line of somebody who has no address.
    life.officer.forgets()
    await talk.pass_time(days=4)
    assert code in "\n".join(life.officer.new())
    await life.officer.says(f"/traloi {code} Hồ sơ giấy cũng đã được hủy.")
    assert await state(talk, code) is State.RESOLVED
    stranger = talk.person("stranger")
    assert "đã trả lời" in (await stranger.says(f"/phieu {code}"))[-1]


async def test_officials_can_still_read_every_page_about_what_was_erased(
    talk: Talk, kept: Media
) -> None:
    life = await lived(talk, kept)
    await erased(talk, kept, life)
    for code in life.codes:
        assert code in (await life.officer.says(f"/phieu {code}"))[-1]
    for line in ("/viec", "/dssangkien", f"/xetsangkien {life.codes[3]}", "/loicamon", "/sothu"):
        (told,) = await life.leader.says(line)
        assert "lỗi" not in told


async def test_who_writes_again_begins_anew(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    await erased(talk, kept, life)
    life.first.forgets()
    code = code_in(await life.first.says(f"/gopy {TROUBLE}"))
    (found,) = [one for one in await talk.read.all_tickets() if one.code == code]
    assert found.person_id not in life.ids
    (mine,) = await life.first.says("/phieu")
    assert all(earlier not in mine for earlier in life.codes)


async def test_what_was_written_between_asking_and_erasing_is_kept(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    await life.first.says("/xoadulieu")
    await life.first.says("1")
    talk.hands.move(seconds=1)
    later = code_in(await life.first.says("/gopy Đèn thôn Hai hỏng cả tuần chưa ai sửa"))
    await erase_waiting(talk.store, kept, talk.hands())
    assert "Đèn thôn Hai" in (await talk.read.words(later))[0].text
    (mine,) = await life.first.says("/phieu")
    assert later in mine
    assert all(earlier not in mine for earlier in life.codes)
    assert await mentions(talk.store, SEALED_WORDS[2:]) <= {
        # What the platform calls them came with the new message.
        ("people.name", SEALED_WORDS[9]),
        ("outbox.body", SEALED_WORDS[9]),
    }


async def test_the_platforms_word_erases_as_well_and_its_second_copy_leaves_no_line(
    talk: Talk, kept: Media
) -> None:
    life = await lived(talk, kept)
    await life.second.sends(kind=Kind.WITHDRAWN)
    assert await erase_waiting(talk.store, kept, talk.hands()) == len(life.ids)
    addresses = (life.first.address.id, life.second.address.id)
    assert await mentions(talk.store, (*SEALED_WORDS, *addresses)) == set()
    tickets = len(await talk.read.all_tickets())
    await life.second.sends(kind=Kind.WITHDRAWN)
    await erase_waiting(talk.store, kept, talk.hands())
    assert len(await talk.read.all_tickets()) == tickets
    assert await mentions(talk.store, addresses) == set()


async def test_a_code_that_carries_a_conversation_goes_with_it(talk: Talk, kept: Media) -> None:
    citizen = talk.person("browser-0123456789")
    await citizen.says("/xoadulieu")
    await citizen.says("1")
    code = await CarryCodes(talk.store, talk.hands).make(citizen.address)
    assert await erase_waiting(talk.store, kept, talk.hands()) == 1
    assert await CarryCodes(talk.store, talk.hands).whose(code) is None
    assert await mentions(talk.store, (citizen.address.id,)) == set()


async def test_an_official_is_not_erased_while_in_office(talk: Talk, kept: Media) -> None:
    officer = await talk.official()
    (told,) = await officer.says("/xoadulieu")
    assert "quản trị" in told
    await officer.sends(kind=Kind.WITHDRAWN)
    assert await erase_waiting(talk.store, kept, talk.hands()) == 0


async def test_nothing_is_erased_while_the_receipt_is_not_sent(talk: Talk, kept: Media) -> None:
    citizen = talk.person()
    await citizen.says("/xoadulieu")
    await talk.inbox.accept(Incoming(citizen.address, "yes", talk.hands(), text="1"))
    await talk.inbox_worker.work()
    await talk.inbox_worker.finish()
    assert await erase_waiting(talk.store, kept, talk.hands()) == 0
    await talk.settle()
    assert code_in(citizen.new())
    assert await erase_waiting(talk.store, kept, talk.hands()) == 1


class Killed(Exception):
    """The process was killed here."""


class Dying(Media):
    """Files whose process is killed before it deletes one."""

    async def delete(self, digests: Collection[str]) -> None:
        if digests:
            raise Killed


async def test_after_a_kill_in_the_middle_it_is_done_to_the_end(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    await life.first.says("/xoadulieu")
    await life.first.says("1")
    dying = Dying(talk.store, kept.folder, talk.hands)
    with pytest.raises(Killed):
        await erase_waiting(talk.store, dying, talk.hands())
    assert await mentions(talk.store, (life.first.address.id,))
    assert await erase_waiting(talk.store, kept, talk.hands()) == len(life.ids)
    assert await mentions(talk.store, (*SEALED_WORDS, life.first.address.id)) == set()
    # The file whose row went before the kill is swept a day later.
    for path in life.photos:
        if path.exists():
            os.utime(path, (0, 0))
    await kept.sweep()
    assert not any(path.exists() for path in life.photos)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_denunciation_is_in_no_table_before_or_after(
    talk: Talk, kept: Media, times: int
) -> None:
    citizen = talk.person("c", "zalo")
    for _time in range(times):
        await citizen.says(f"/gopy {DENOUNCED}")
    assert await mentions(talk.store, ("ăn tiền hỗ trợ",)) == set()
    await citizen.says("/xoadulieu")
    await citizen.says("1")
    await erase_waiting(talk.store, kept, talk.hands())
    assert await mentions(talk.store, ("ăn tiền hỗ trợ", "tố cáo ông")) == set()
