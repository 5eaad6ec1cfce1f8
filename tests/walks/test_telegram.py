"""Walks over the wire of Telegram, polled and by webhook: the real service, the emulator."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from messages.text import _
from tests.emulators.telegram import TelegramEmulator
from tests.running import RunningService, running
from tests.walks import job, traces
from tests.walks.administrator import Administrator
from tests.walks.phones import TelegramPhone

pytestmark = pytest.mark.timeout(300)

CITIZEN, OFFICER, STAFF, PASSER_BY = 5_200_000_001, 5_200_000_002, 5_200_000_003, 5_200_000_004


@dataclass
class Walk:
    """A running service on Telegram, and the people around it."""

    telegram: TelegramEmulator
    service: RunningService
    admin: Administrator

    def phone(self, user_id: int, name: str = "Năm") -> TelegramPhone:
        return TelegramPhone(self.telegram, user_id, name)


@asynccontextmanager
async def walking(folder: Path, telegram: TelegramEmulator, **settings: str) -> AsyncIterator[Walk]:
    """Run the service as the emulator's bot."""
    whole = {**telegram.environment(), "BOT_PACING": "1000", **settings}
    async with running(folder, whole) as service:
        yield Walk(telegram, service, Administrator(folder, whole))


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator(loopback_webhooks=True) as emulator:
        yield emulator


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_message_becomes_an_answered_ticket_and_a_line_of_the_report(
    telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str], mode: str
) -> None:
    async with walking(folder, telegram, **store_settings, BOT_TELEGRAM_MODE=mode) as walk:
        citizen, officer, staff = (walk.phone(who) for who in (CITIZEN, OFFICER, STAFF))
        await job.walk(job.Cast(citizen, officer, staff, walk.admin))
        await job.until_kept(folder)
        await officer.says("/viec")
    # Every press was answered, and nothing that the bot sent was refused.
    assert telegram.callbacks == {}
    assert [call.answer for call in telegram.calls if call.status != 200] == []
    assert bool(telegram.updates.attempts) == (mode == "webhook")


async def test_a_reply_to_the_card_is_the_answer_and_an_edit_is_a_new_version(
    telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, telegram, **store_settings) as walk:
        citizen, officer = walk.phone(CITIZEN, "Năm"), walk.phone(OFFICER)
        await job.come_on_duty(walk.admin, officer)
        message = await citizen.person.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        await officer.hears(_("New ticket {code}", code=code), job.ONE_LINE, "Năm")
        await citizen.person.edits(message, f"/gopy {job.STORY}")
        await officer.hears(
            _("The citizen changed what they wrote about {code}:", code=code), job.STORY
        )
        await officer.replies(code, job.ANSWER)
        await citizen.hears(_("Answer to your feedback {code}:", code=code), job.ANSWER)
        await citizen.rates(1, _("Very dissatisfied"))
        await citizen.hears(_("We are sorry that you are not satisfied."))
        (ticket,) = await walk.admin.tickets(code)
    assert (ticket["state"], ticket["rating"]) == ("resolved", 1)
    assert telegram.callbacks == {}


async def test_who_blocked_us_is_given_up_and_the_officer_is_told(
    telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, telegram, **store_settings) as walk:
        citizen, officer = walk.phone(CITIZEN), walk.phone(OFFICER)
        await job.come_on_duty(walk.admin, officer)
        await citizen.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        await citizen.person.blocks()
        await officer.says(f"/traloi {code} {job.ANSWER}")
        await officer.hears(
            _("✗ Ticket {code}: the letter did not reach the citizen.", code=code),
            _("The citizen has blocked or left this page."),
        )
        before = len(citizen.texts())
        await citizen.says("/start q_KS01_nhavanhoa3")
        await citizen.hears("KS01", "/q/KS01")
        assert not any(job.ANSWER in text for text in citizen.texts()[before:])
        counts = (await walk.admin.report())["counts"]
    assert counts["guidance"] == {"shown": 1, "scanned": 1}


async def test_a_photo_beside_the_answer_goes_along(
    telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    async with walking(folder, telegram, **store_settings) as walk:
        citizen, officer = walk.phone(CITIZEN), walk.phone(OFFICER)
        await job.come_on_duty(walk.admin, officer)
        await citizen.says(f"/gopy {job.ONE_LINE}")
        code = job.code_in(await citizen.hears(_("Thank you. We have received your feedback.")))
        await officer.hears(_("New ticket {code}", code=code))
        await officer.sends_photo(job.photo(), f"/traloi {code} Đã dọn xong, xin gửi ảnh")
        await citizen.hears(_("Answer to your feedback {code}:", code=code), "Đã dọn xong")
        await officer.hears(_("✓ Delivered to the citizen: ticket {code}.", code=code))


async def test_of_a_denunciation_nothing_is_left_but_a_count(
    telegram: TelegramEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    url = store_settings.get("BOT_DATABASE_URL", "")
    async with walking(folder, telegram, **store_settings) as walk:
        citizen = walk.phone(CITIZEN)
        await job.denounces_in_every_way(citizen)
        message = await citizen.person.says(f"/gopy {job.ONE_LINE}")
        await citizen.hears(_("Thank you. We have received your feedback."))
        await citizen.person.edits(message, job.DENUNCIATION)
        await citizen.hears(_("We have not kept what you just wrote, and nobody here will see it."))
        whole = traces.in_files(folder) + await traces.in_rows(folder, url)
        counts = (await walk.admin.report())["counts"]
    assert traces.places([job.ONE_LINE], whole) == {"ticket_words.words"}
    assert traces.places(job.DENOUNCED, whole) == set()
    assert traces.places(job.DENOUNCED, traces.in_files(folder)) == set()
    assert counts["redirected"]["denunciation"] == job.WAYS_TO_DENOUNCE + 1
    assert [call.method for call in telegram.calls if "file" in call.method.lower()] == []
