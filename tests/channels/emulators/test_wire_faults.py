"""Faults, log, waiting and the clock, which both emulators share."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.emulators import faults
from tests.emulators.faults import Fault
from tests.emulators.telegram import TelegramEmulator
from tests.emulators.wire import Call, Clock, Json
from tests.emulators.zalo import ZaloEmulator

CS = "/v3.0/oa/message/cs"
ROOT = Path(__file__).parents[3]


@pytest.fixture
async def talking(zalo: ZaloEmulator) -> ZaloEmulator:
    await zalo.citizen().says("a")
    return zalo


async def send(zalo: ZaloEmulator, http: aiohttp.ClientSession, words: str = "b") -> str:
    """Sends a letter; tells in one word or number what the sender sees."""
    body = {"recipient": {"user_id": zalo.citizen().id}, "message": {"text": words}}
    headers = {"access_token": zalo.grants.access_token}
    limit = aiohttp.ClientTimeout(total=0.3)
    try:
        async with http.post(zalo.url + CS, json=body, headers=headers, timeout=limit) as answer:
            raw = await answer.read()
            try:
                return f"{answer.status} {json.loads(raw)['error']}"
            except ValueError:
                return f"{answer.status} not JSON"
    except TimeoutError:
        return "silence"
    except aiohttp.ClientError:
        return "reset"


FAULTS: list[tuple[Fault, str, int]] = [
    (faults.HTTP_500, "500 not JSON", 0),
    (faults.HTTP_502, "502 not JSON", 0),
    (faults.HTTP_401, "401 not JSON", 0),
    (faults.NOT_JSON, "200 not JSON", 0),
    (faults.HALF_JSON, "200 not JSON", 0),
    (faults.SILENT, "silence", 0),
    (faults.RESET_UNREAD, "reset", 0),
    (faults.RESET_READ, "reset", 0),
    (faults.HTTP_500.and_accepted(), "500 not JSON", 1),
    (faults.NOT_JSON.and_accepted(), "200 not JSON", 1),
    (faults.SILENT_ACCEPTED, "silence", 1),
    (faults.RESET_ACCEPTED, "reset", 1),
    (faults.slow(0.05), "200 0", 1),
    (faults.says(200, b'{"error":-248,"message":"x"}'), "200 -248", 0),
]


@pytest.mark.parametrize(("fault", "seen", "letters"), FAULTS, ids=[row[0].name for row in FAULTS])
async def test_a_fault_is_seen_once_and_then_all_is_normal(
    talking: ZaloEmulator,
    http: aiohttp.ClientSession,
    fault: Fault,
    seen: str,
    letters: int,
) -> None:
    talking.fails(fault, when=lambda call: call.method == "cs")
    assert await send(talking, http) == seen
    assert len(talking.citizen().letters) == letters
    assert await send(talking, http, "c") == "200 0"
    assert len(talking.citizen().letters) == letters + 1
    assert [call.fault for call in talking.made("cs")] == [fault, None]
    assert len(talking.made("cs", accepted=True)) == letters + 1


async def test_a_fault_strikes_only_what_it_was_planned_for(
    talking: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    def says_bad(call: Call) -> bool:
        return bool(call.body.get("message", {}).get("text") == "bad")

    talking.fails(faults.HTTP_500, times=2, when=says_bad)
    seen = [await send(talking, http, words) for words in ("good", "bad", "good", "bad", "bad")]
    assert seen == ["200 0", "500 not JSON", "200 0", "500 not JSON", "200 0"]


async def test_planned_faults_can_be_called_off(
    talking: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    talking.fails(faults.HTTP_500, times=100)
    assert await send(talking, http) == "500 not JSON"
    talking.works_again()
    assert await send(talking, http) == "200 0"


async def test_telegram_fails_in_the_same_ways(
    telegram: TelegramEmulator, http: aiohttp.ClientSession
) -> None:
    url = f"{telegram.url}/bot{telegram.token}/getMe"
    telegram.fails(faults.HTTP_502, when=lambda call: call.method == "getMe")
    async with http.get(url) as answer:
        assert answer.status == 502
    async with http.get(url) as answer:
        assert (await answer.json())["ok"] is True
    telegram.fails(faults.RESET_UNREAD)
    with pytest.raises(aiohttp.ClientError):
        await http.post(url, json={})


async def test_the_log_keeps_what_was_asked_and_answered(
    talking: ZaloEmulator, http: aiohttp.ClientSession, clock: Clock
) -> None:
    await send(talking, http, "một")
    call = talking.calls[-1]
    assert (call.verb, call.path, call.method, call.status) == ("POST", CS, "cs", 200)
    assert call.headers["access_token"] == talking.grants.access_token
    assert call.body["message"] == {"text": "một"}
    assert json.loads(call.raw) == call.body
    assert call.answer["message"] == "Success"
    assert call.at == clock.now()


async def test_a_test_can_wait_for_a_call_that_is_still_to_come(
    talking: ZaloEmulator, http: aiohttp.ClientSession
) -> None:
    waiting = asyncio.create_task(
        talking.wait_for(lambda call: call.body["message"]["text"] == "hai")
    )
    await send(talking, http, "một")
    assert not waiting.done()
    await send(talking, http, "hai")
    assert (await waiting).body["message"]["text"] == "hai"
    first = await talking.wait_for(lambda call: call.method == "cs")
    second = await talking.wait_for(lambda call: call.method == "cs", after=first.number)
    assert second.number == first.number + 1
    with pytest.raises(TimeoutError, match="cs, cs"):
        await talking.wait_for(lambda call: call.method == "other", 0.01)


async def test_a_long_run_forgets_its_oldest_calls(
    clock: Clock, http: aiohttp.ClientSession
) -> None:
    async with ZaloEmulator(clock=clock, keep=2) as zalo:
        await zalo.citizen().says("a")
        for number in range(6):
            await send(zalo, http, str(number))
        kept = [call.body["message"]["text"] for call in zalo.calls]
        assert kept == ["3", "4", "5"]
        found = await zalo.wait_for(lambda call: call.body["message"]["text"] == "4")
        assert found.number == 5
        assert zalo.received == 6


async def test_a_waiting_sender_is_let_go_when_the_platform_stops(
    clock: Clock, http: aiohttp.ClientSession
) -> None:
    async with ZaloEmulator(clock=clock) as zalo:
        await zalo.citizen().says("a")
        zalo.fails(faults.SILENT)
        sending = asyncio.create_task(send(zalo, http))
        await zalo.wait_for(lambda call: call.method == "cs")
    assert await sending in {"reset", "503 not JSON"}


@pytest.mark.parametrize("running", [True, False])
async def test_the_clock_starts_where_it_is_told_and_can_be_advanced(running: bool) -> None:  # noqa: FBT001
    start = datetime(2030, 1, 1, tzinfo=UTC)
    clock = Clock(start, running=running)
    clock.advance(days=1, seconds=2)
    passed = clock.now() - start
    assert passed >= timedelta(days=1, seconds=2)
    assert (passed == timedelta(days=1, seconds=2)) is not running


@pytest.mark.parametrize("module", ["tests.emulators.zalo", "tests.emulators.telegram"])
async def test_an_emulator_runs_as_a_process_of_its_own(
    module: str, http: aiohttp.ClientSession
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, "--port", "0", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    hello: Json = json.loads(await process.stdout.readline())
    control = hello["url"] + "/_emulator/"
    assert hello["url"] in hello["environment"].values()
    person = {"id": "1" if "zalo" in module else 1}
    try:
        async with http.post(control + "says", json=person | {"text": "Xin chào"}) as answer:
            assert answer.status == 200
        async with http.post(control + "letters", json=person) as answer:
            assert await answer.json() == []
        async with http.get(control + "count") as answer:
            assert (await answer.json())["received"] == 0
        async with http.get(control + "calls") as answer:
            assert await answer.json() == []
        async with http.post(control + "nothing", json={}) as answer:
            assert answer.status == 404
    finally:
        process.send_signal(signal.SIGTERM)
    rest, _ = await asyncio.wait_for(process.communicate(), 10)
    assert rest == b""
    assert process.returncode == 0
