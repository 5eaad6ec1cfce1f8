"""The service as a process: it starts, stops, is away, comes back, and keeps its secrets."""

import asyncio
from pathlib import Path

import pytest

from messages.text import _
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.zalo import Delivery, ZaloEmulator
from tests.running import free_port, running, start
from tests.walks import job, traces
from tests.walks.administrator import Administrator
from tests.walks.phones import PATIENCE, ZaloPhone

pytestmark = pytest.mark.timeout(300)

REVOKED = "7100000001:AARevokedTokenOfAnotherDay_01234567"


async def test_told_to_stop_while_messages_flow_it_ends_well_and_loses_none(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    port = free_port()
    zalo.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    settings = {**zalo.environment(), "BOT_PACING": "1000", **store_settings}
    phones = [ZaloPhone(zalo, str(700000001 + number), "Năm") for number in range(5)]
    sent: list[tuple[ZaloPhone, Delivery]] = []
    stopping = asyncio.Event()

    async def writes(phone: ZaloPhone) -> None:
        # As many as a person may file on one day.
        for number in range(8):
            if stopping.is_set():
                return
            sent.append((phone, await phone.citizen.says(f"/gopy {job.ONE_LINE}, lần {number}")))

    service = await start(folder, settings, port=port)
    await service.until_it_listens()
    writing = [asyncio.create_task(writes(phone)) for phone in phones]
    await phones[0].hears(_("Thank you. We have received your feedback."))
    service.process.terminate()
    # An administrator's supervisor kills what has not ended after ten seconds.
    assert await asyncio.wait_for(service.process.wait(), 10) == 0
    # Sent while the service is away: the platform tries again until it is back.
    late = ZaloPhone(zalo, "700000009", "Chín")
    waiting = await late.citizen.says(f"/gopy {job.STORY}")
    assert waiting.status == 0
    stopping.set()
    async with running(folder, settings, port=port):
        await asyncio.gather(*writing)
        await late.hears(_("Thank you. We have received your feedback."))
        assert waiting.status == 200
        for delivery in [delivery for _phone, delivery in sent]:
            await asyncio.wait_for(delivery.done.wait(), PATIENCE)
        wanted = {
            phone.citizen.id: sum(one.accepted for who, one in sent if who is phone)
            for phone in phones
        }
        await zalo.until(lambda: all(len(_codes(p)) == wanted[p.citizen.id] for p in phones), 30)
        tickets = await Administrator(folder, settings).tickets()
    assert len(tickets) == sum(wanted.values()) + 1
    assert len(tickets) > len(phones)


def _codes(phone: ZaloPhone) -> set[str]:
    return {code for text in phone.texts() for code in job.TICKET.findall(text)}


async def test_a_port_that_is_taken_ends_it_with_one_line(
    folder: Path, store_settings: dict[str, str]
) -> None:
    async with running(folder, store_settings) as service:
        second = await start(folder.with_name("second"), {}, port=service.port)
        assert await asyncio.wait_for(second.process.wait(), PATIENCE) == 1
        line, *others = second.log.read_text("utf-8").splitlines()
    assert str(service.port) in line
    assert not others


async def test_no_secret_is_ever_in_the_log_or_readable_in_the_folder(
    zalo: ZaloEmulator, folder: Path, store_settings: dict[str, str]
) -> None:
    port = free_port()
    zalo.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    async with TelegramEmulator() as telegram:
        settings = {
            **zalo.environment(),
            **telegram.environment(),
            # Refused by the platform: what goes wrong is told most in a log.
            "BOT_TELEGRAM_TOKEN": REVOKED,
            "BOT_PACING": "1000",
            "BOT_METRICS_TOKEN": "walks-metrics-token",
            **store_settings,
        }
        secrets = [REVOKED, zalo.app.app_secret, zalo.app.oa_secret_key, "walks-metrics-token"]
        secrets += [zalo.grants.refresh_token, zalo.grants.access_token]
        zalo.refuses(-216, times=2, when=lambda call: call.method == "getoa")
        async with running(folder, settings, port=port) as service:
            citizen = ZaloPhone(zalo, "700000001", "Năm")
            await citizen.says(f"/gopy {job.ONE_LINE}")
            await citizen.hears(_("Thank you. We have received your feedback."))
            await telegram.until(lambda: any(call.status == 401 for call in telegram.calls), 30)
            secrets += [zalo.grants.refresh_token, zalo.grants.access_token]
            kept = traces.in_files(folder)
            assert "started" in service.log.read_text("utf-8")
        kept += traces.in_files(folder)
    assert traces.places(secrets, kept) == set()
    assert traces.places([job.ONE_LINE, citizen.texts()[0]], kept) == set()
