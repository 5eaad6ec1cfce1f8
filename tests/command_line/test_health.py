"""What whoever watches over the service asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bot.health import health_routes
from bot.metrics import Metrics
from bot.service import Ground, Service
from bot.settings import Settings
from handlers.office import Office
from storage.database import BadValue, Store
from storage.inbox import Inbox
from storage.media import Media
from storage.outbox import Outbox
from tests.conftest import Hands
from tests.transcript import ScriptedChannel

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def ground(store: Store, office: Office, hands: Hands, tmp_path: Path) -> Ground:
    return Ground(
        store=store,
        inbox=Inbox(store, hands),
        outbox=Outbox(store, hands),
        media=Media(store, tmp_path, hands),
        office=office,
        clock=hands,
        metrics=Metrics(),
    )


@pytest.fixture
def service(ground: Ground) -> Service:
    return Service(ground, [ScriptedChannel("web"), ScriptedChannel("zalo")], ["web", "inbox"])


@asynccontextmanager
async def _asked(service: Service, **settings: object) -> AsyncIterator[Client]:
    known = Settings(_env_file=None).model_copy(update=settings)
    app = web.Application()
    app.add_routes(health_routes(service, known))
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_each_part_is_ok_degraded_or_off(service: Service) -> None:
    async with _asked(service) as client, client.get("/healthz") as answer:
        assert answer.status == 200
        parts = (await answer.json())["parts"]
    assert parts == {
        "store": "ok",
        "web": "ok",
        "zalo": "ok",
        "telegram": "off",
        "inbox": "ok",
        "outbox": "off",
        "clock": "off",
    }


async def test_a_channel_in_trouble_is_degraded_and_no_reason_to_restart(service: Service) -> None:
    service.outbox_worker.shut["zalo"] = datetime(2026, 11, 24, tzinfo=UTC)
    async with _asked(service) as client, client.get("/healthz") as answer:
        assert answer.status == 200
        told = await answer.json()
    assert told["parts"]["zalo"] == "degraded"
    assert told["status"] == "degraded"


async def test_only_a_store_that_is_gone_is_503(service: Service, store: Store) -> None:
    await store.close()
    async with _asked(service) as client, client.get("/healthz") as answer:
        assert answer.status == 503
        parts = (await answer.json())["parts"]
    assert set(parts.values()) <= {"ok", "degraded", "off"}
    assert parts["store"] == "degraded"


async def test_a_worker_that_fails_begins_anew_and_is_degraded_meanwhile(service: Service) -> None:
    tries = 0
    working, stopping = asyncio.Event(), asyncio.Event()

    async def fails_once(stopping: asyncio.Event) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise BadValue("nobody expected this")
        working.set()
        await stopping.wait()

    async with _asked(service) as client:
        async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
            tasks.create_task(service.work("inbox", fails_once, stopping))
            await working.wait()
            async with client.get("/healthz") as answer:
                assert answer.status == 200
                told = await answer.json()
            stopping.set()
        async with client.get("/metrics") as answer:
            counted = await answer.text()
    assert (told["status"], told["parts"]["inbox"]) == ("degraded", "degraded")
    assert 'worker_failures_total{worker="inbox"} 1.0' in counted


@pytest.mark.parametrize(
    ("name", "part"),
    [("catalogue", "web"), ("publications", "web"), ("pull", "clock"), ("unheard-of", None)],
)
async def test_what_works_beside_and_fails_is_told_with_its_part(
    ground: Ground, name: str, part: str | None
) -> None:
    failed = asyncio.Event()

    async def fails(_stopping: asyncio.Event) -> None:
        failed.set()
        raise RuntimeError("always")

    service = Service(ground, [ScriptedChannel("web")], ["web"], beside={name: fails})
    stopping = asyncio.Event()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        running = service.start(tasks, stopping)
        await failed.wait()
        async with _asked(service) as client, client.get("/healthz") as answer:
            told = await answer.json()
        stopping.set()
        for task in running.listening:
            task.cancel()
    assert told["status"] == "degraded"
    assert [one for one, how in told["parts"].items() if how == "degraded"] == [part or name]


async def test_a_worker_that_always_fails_still_stops_when_told(service: Service) -> None:
    async def fails(_stopping: asyncio.Event) -> None:
        raise RuntimeError("always")

    stopping = asyncio.Event()
    working = asyncio.create_task(service.work("inbox", fails, stopping))
    await asyncio.sleep(0)
    stopping.set()
    await asyncio.wait_for(working, 30)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        ("Bearer ", 401),
        ("Bearer wrong", 401),
        ("the-token", 401),
        ("Bearer \xff\xfe", 401),
        ("Bearer the-token", 200),
    ],
)
async def test_metrics_are_told_to_who_has_the_token(
    service: Service, header: str | None, status: int
) -> None:
    headers = {} if header is None else {"Authorization": header}
    async with (
        _asked(service, metrics_token=SecretStr("the-token"), host="0.0.0.0") as client,
        client.get("/metrics", headers=headers) as answer,
    ):
        assert answer.status == status


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({}, 200),
        ({"host": "0.0.0.0"}, 404),
        ({"public_url": "https://xa.example.vn"}, 404),
    ],
    ids=str,
)
async def test_without_a_token_metrics_stay_on_this_machine(
    service: Service, settings: dict[str, object], status: int
) -> None:
    async with _asked(service, **settings) as client, client.get("/metrics") as answer:
        assert answer.status == status
        if status == 200:
            assert answer.content_type == "text/plain"
            assert "# TYPE" in await answer.text()
