"""Walks over the wire of Zalo: the real service, the emulator, everything between them real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from messages.text import _
from tests.emulators.zalo import ZaloEmulator
from tests.running import RunningService, free_port, running
from tests.walks import job, traces
from tests.walks.administrator import Administrator
from tests.walks.phones import ZaloPhone, said

pytestmark = pytest.mark.timeout(300)

CITIZEN, OFFICER, COLLEAGUE, STAFF = "700000001", "700000002", "700000003", "700000004"


@dataclass
class Walk:
    """A running service on Zalo, and the people around it."""

    zalo: ZaloEmulator
    service: RunningService
    admin: Administrator

    def phone(self, user_id: str, name: str = "Nguyễn Thị Năm") -> ZaloPhone:
        return ZaloPhone(self.zalo, user_id, name)


@asynccontextmanager
async def walking(folder: Path, zalo: ZaloEmulator, **settings: str) -> AsyncIterator[Walk]:
    """Run the service on the emulator's account; the emulator sends its events there."""
    port = free_port()
    zalo.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    whole = {**zalo.environment(), "BOT_PACING": "1000", **settings}
    async with running(folder, whole, port=port) as service:
        yield Walk(zalo, service, Administrator(folder, whole))


async def test_a_message_becomes_an_answered_ticket_and_a_line_of_the_report(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, zalo, **store_settings) as walk:
        citizen, officer, staff = (walk.phone(who) for who in (CITIZEN, OFFICER, STAFF))
        await job.walk(job.Cast(citizen, officer, staff, walk.admin))
        await job.until_kept(folder)
    assert [call.answer for call in zalo.made("cs") if call.answer["error"]] == []


async def test_one_line_files_at_once_and_of_two_officers_who_press_one_wins(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    zalo.switches.buttons_supported = True
    async with walking(folder, zalo, **store_settings, BOT_ZALO_BUTTONS="text") as walk:
        officers = walk.phone(OFFICER), walk.phone(COLLEAGUE)
        citizen = walk.phone(CITIZEN)
        await job.come_on_duty(walk.admin, *officers)
        await citizen.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        for officer in officers:
            await officer.hears(_("New ticket {code}", code=code), job.ONE_LINE)
        claim = _("Claim {code}", code=code[-4:])
        await asyncio.gather(*(officer.chooses(claim) for officer in officers))
        heard = [await officer.hears(code) for officer in officers]
        taken = said(_("You have taken ticket {code}.", code=code))
        won = [text.startswith(taken) for text in heard]
        assert sorted(won) == [False, True]
        winner, loser = won.index(True), won.index(False)
        told = _("{name} has already taken ticket {code}.", name=job.OFFICERS[winner], code=code)
        assert heard[loser].startswith(said(told))
        (ticket,) = await walk.admin.tickets(code)
        assert [row["event"] for row in ticket["history"]].count("claimed") == 1
        await officers[winner].says(f"/traloi {code} {job.ANSWER}")
        await citizen.hears(job.ANSWER)
        await citizen.chooses(_("Very satisfied"))
        await citizen.hears(_("Thank you for your rating."))
    assert any(letter.buttons for letter in citizen.citizen.letters)


async def test_an_answer_outside_the_window_is_held_until_the_citizen_writes(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, zalo, **store_settings) as walk:
        await job.come_on_duty(walk.admin, walk.phone(OFFICER))
        citizen = walk.phone(CITIZEN)
        await citizen.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
    assert zalo.grants.refreshes == 1
    zalo.clock.advance(days=8)
    later = (datetime.now(UTC) + timedelta(days=8)).isoformat()
    async with walking(folder, zalo, **store_settings, BOT_NOW=later) as walk:
        citizen, officer = walk.phone(CITIZEN), walk.phone(OFFICER)
        before = len(citizen.texts())
        await officer.says(f"/traloi {code} {job.ANSWER}")
        await officer.hears(_("Ticket {code}: the letter is held.", code=code))
        assert len(citizen.texts()) == before
        await citizen.says("Alo, xã ơi")
        await citizen.hears(job.ANSWER)
        await officer.hears(_("✓ Delivered to the citizen: ticket {code}.", code=code))
    # The access token of 25 hours had run out: the pair was renewed by the refresh token kept.
    assert zalo.grants.refreshes == 2
    assert all("access_token" in call.answer for call in zalo.made("access_token"))


async def test_of_a_denunciation_nothing_is_left_but_a_count(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    url = store_settings.get("BOT_DATABASE_URL", "")
    async with walking(folder, zalo, **store_settings) as walk:
        citizen = walk.phone(CITIZEN, "Cụ Tứ Vô Danh")
        await job.denounces_in_every_way(citizen)
        # While it runs: what is kept elsewhere is found, of this there is nothing.
        whole = traces.in_files(folder) + await traces.in_rows(folder, url)
        await walk.phone(STAFF).says(f"/gopy {job.ONE_LINE}")
        await walk.phone(STAFF).hears(_("Thank you. We have received your feedback."))
        control = await traces.in_rows(folder, url)
        counts = (await walk.admin.report())["counts"]
    assert traces.places([job.ONE_LINE], control) == {"ticket_words.words"}
    assert traces.places(job.DENOUNCED, whole) == set()
    assert traces.places(job.DENOUNCED, traces.in_files(folder)) == set()
    assert counts["redirected"]["denunciation"] == job.WAYS_TO_DENOUNCE
    assert counts["feedback"]["received"] == 1
    assert [call.path for call in zalo.calls if call.path.startswith("/media/")] == []
