"""The service and its commands as processes of their own, beside each other."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.databases import Databases
from tests.running import ROOT, RunningService, command, environment, free_port, start

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = "2026-11-20T16:30:00"
"""A Friday half an hour before closing time, in Viet Nam."""


@dataclass(frozen=True)
class Started:
    """A service that listens, and a terminal beside it."""

    service: RunningService
    terminal: Terminal
    settings: dict[str, str]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def started(
    made_databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Started]:
    """One service for all tests of this file; each leaves it running."""
    url = await made_databases.empty()
    folder = tmp_path_factory.mktemp("service")
    settings = {
        "BOT_DATABASE_URL": url,
        "BOT_NOW": NOW,
        "BOT_METRICS_TOKEN": "geheim-metrics",
        "BOT_SECRET_KEY": "geheim-key-of-these-tests",
    }
    service = await start(folder, settings)
    known = {**settings, "BOT_VAR_DIR": str(folder), "BOT_COMMUNE_DIR": str(COMMUNE)}
    try:
        await service.until_it_listens()
        yield Started(service, Terminal(folder, known), settings)
    finally:
        await service.stop()
        await made_databases.drop(url)


async def _says(url: str, *texts: str) -> None:
    """Say something in the web chat and wait for each answer."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(f"{url}/chat") as page:
            assert page.status == 200
        async with session.ws_connect(f"{url}/chat/ws") as talk:
            for number, text in enumerate(texts):
                await talk.send_json({"id": f"said-{number}", "text": text})
                while "text" not in await talk.receive_json(timeout=20):
                    pass


async def test_every_command_works_beside_the_running_service(started: Started) -> None:
    await _says(started.service.url, "/gopy Đèn đường thôn 3 tắt ba đêm nay, đi lại khó")
    terminal = started.terminal
    (ticket,) = json.loads((await terminal("tickets")).out)
    for typed in (
        "migrate",
        "invite --role officer --name Mai",
        "revoke Mai --yes",
        f"tickets {ticket['code']}",
        "report --period 2026-11",
        "evidence verify",
        "doctor",
    ):
        answer = await terminal(*typed.split())
        assert (answer.code, answer.err) == (0, ""), typed
    counts = json.loads((await terminal("report", "--format", "json")).out)["counts"]
    assert counts["feedback"]["received"] >= 1
    assert counts["feedback"]["late"] == 0


async def test_the_clock_starts_where_it_was_told_and_deadlines_follow_it(started: Started) -> None:
    await _says(started.service.url, "/gopy Rác ở đầu thôn 5 chưa được thu gom, mùi rất khó chịu")
    ticket = json.loads((await started.terminal("tickets")).out)[-1]
    received = datetime.fromisoformat(ticket["received_at"])
    assert ticket["received_at"].startswith("2026-11-20T16:3")
    assert ticket["received_at"].endswith("+07:00")
    due = datetime.fromisoformat(ticket["due_at"])
    assert due > received
    later = await started.terminal("report", "--format", "json", BOT_NOW="2026-12-31T23:00")
    assert json.loads(later.out)["counts"]["feedback"]["late"] >= 1
    # The same moment, told with another offset.
    abroad = await started.terminal("report", "--format", "json", BOT_NOW="2026-12-31T16:00Z")
    assert json.loads(abroad.out) == json.loads(later.out)


async def test_who_is_invited_beside_it_is_known_at_once(started: Started) -> None:
    answer = await started.terminal("invite", "--role", "officer", "--name", "Lan")
    code = answer.out.removeprefix("code: ").strip()
    await _says(started.service.url, code, "/truc on")
    assert (await started.terminal("revoke", "Lan", "--yes")).code == 0
    assert (await started.terminal("revoke", "Lan", "--yes")).reason


async def test_a_taken_port_is_one_reason_and_1(started: Started, tmp_path: Path) -> None:
    port = str(started.service.port)
    code, out, err = await command(tmp_path, "run", BOT_PORT=port, **started.settings)
    assert (code, out) == (1, "")
    assert port in err.splitlines()[-1]
    assert "Traceback" not in err


async def test_practice_is_served_here_and_its_secret_token_is_not_told(started: Started) -> None:
    url = started.service.url
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/demo") as demo:
            assert demo.status == 200
        async with session.get(f"{url}/metrics") as metrics:
            assert metrics.status == 401
        for path in ("/webhooks/zalo", "/webhooks/telegram"):
            async with session.post(f"{url}{path}", json={}) as webhook:
                assert webhook.status == 404
    log = await asyncio.to_thread(started.service.log.read_text, "utf-8")
    assert "geheim" not in log
    assert all("event=" in line for line in log.splitlines())


async def test_told_to_stop_it_ends_with_0_and_a_part_of_it_opens_no_port(
    started: Started, tmp_path: Path
) -> None:
    """Beside the other, on the same database, as several processes share the work."""
    port = free_port()
    program = ("bot", "run", "--only", "inbox,outbox,clock")
    service = await start(tmp_path, started.settings, program=program, port=port)
    while "event=started" not in await asyncio.to_thread(service.log.read_text, "utf-8"):
        assert service.process.returncode is None
        await asyncio.sleep(0.05)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1).close()
    assert await asyncio.wait_for(service.stop(), 10) == 0
    log = await asyncio.to_thread(service.log.read_text, "utf-8")
    assert "event=stopped" in log
    assert "Traceback" not in log


async def test_the_whole_service_ends_with_0_with_a_page_open(
    made_databases: Databases, tmp_path: Path
) -> None:
    url = await made_databases.empty()
    service = await start(tmp_path, {"BOT_DATABASE_URL": url, "BOT_PRACTICE": "off"})
    try:
        await service.until_it_listens()
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{service.url}/demo") as demo:
                assert demo.status == 404
            async with session.ws_connect(f"{service.url}/chat/ws") as talk:
                await talk.send_json({"id": "1", "text": "xin chào"})
                assert await asyncio.wait_for(service.stop(), 10) == 0
    finally:
        await service.kill()
        await made_databases.drop(url)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"BOT_COMMUNE_DIR": "/no/such/commune"}, "/no/such/commune"),
        ({"BOT_PORT": "eighty"}, "BOT_PORT"),
        ({"BOT_DATABASE_URL": "sqlite+aiosqlite:////dev/null/bot.db"}, "/dev/null"),
    ],
    ids=str,
)
async def test_a_service_that_cannot_start_says_why_in_one_line(
    tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    code, out, err = await command(tmp_path, "run", **settings)
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    assert named in line


async def test_a_service_does_not_start_with_another_key(started: Started) -> None:
    folder = started.terminal.folder
    other = {**started.settings, "BOT_SECRET_KEY": "the key of another service"}
    code, out, err = await command(folder, "run", BOT_PORT=str(free_port()), **other)
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    assert "BOT_SECRET_KEY" in line


async def test_a_result_that_nobody_takes_is_no_crash(tmp_path: Path) -> None:
    settings = environment(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    full = os.open("/dev/full", os.O_WRONLY)
    for stdout, words in ((writing, 0), (full, 1)):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "procedures",
            "check",
            cwd=ROOT,
            env=settings,
            stdout=stdout,
            stderr=asyncio.subprocess.PIPE,
        )
        _, err = await asyncio.wait_for(process.communicate(), 60)
        os.close(stdout)
        assert process.returncode == 1
        assert len(err.splitlines()) == words
