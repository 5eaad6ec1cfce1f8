"""Faults that come and go while the service runs: each a block, within which it stands."""

import asyncio
import resource
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from tests.chaos.hasty import LEASE
from tests.chaos.scene import STANDS, Scene
from tests.emulators import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = ("people", "inbox", "outbox")
"""What every message writes to."""

HANGS_FROM = 30.0
"""Seconds from which on a platform may also say nothing at all: before, clients just wait."""


@asynccontextmanager
async def killed(scene: Scene) -> AsyncIterator[None]:
    """A process dies and is started again."""
    number = scene.chance.randrange(len(scene.services))
    await scene.services[number].kill()
    yield
    scene.services[number] = await scene.start(number)


@asynccontextmanager
async def stopped(scene: Scene) -> AsyncIterator[None]:
    """A process stands still until its leases are others', and goes on as if nothing had been."""
    process = scene.chance.choice(scene.services).process
    process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(LEASE.total_seconds())
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def full(scene: Scene) -> AsyncIterator[None]:
    """No process can write another byte, to the database or to its log."""
    if not scene.is_sqlite:
        async with _refusing(scene.url):
            yield
        return
    with _no_bytes(scene):
        yield


@contextmanager
def _no_bytes(scene: Scene) -> "Iterator[None]":
    numbers = [service.process.pid for service in scene.services]
    _soft, hard = resource.prlimit(numbers[0], resource.RLIMIT_FSIZE)
    for number in numbers:
        resource.prlimit(number, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for number in numbers:
            resource.prlimit(number, resource.RLIMIT_FSIZE, (hard, hard))


@asynccontextmanager
async def _refusing(url: str) -> AsyncIterator[None]:
    """Let PostgreSQL say what it says when its disk is full."""
    function = (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END$$"
    )
    when = "BEFORE INSERT OR UPDATE OR DELETE"
    await _told(
        url,
        [
            function,
            *(
                f"CREATE TRIGGER full_disk {when} ON {table} EXECUTE FUNCTION full_disk()"
                for table in TABLES
            ),
        ],
    )
    try:
        yield
    finally:
        await _told(url, ["DROP FUNCTION full_disk() CASCADE"])


@asynccontextmanager
async def read_only(scene: Scene) -> AsyncIterator[None]:
    """The database refuses every write."""
    if scene.is_sqlite:
        _signalled(scene, signal.SIGUSR1)
        yield
        _signalled(scene, signal.SIGUSR2)
        return
    name = _name(scene.url)
    await _told(scene.url, [f"ALTER DATABASE {name} SET default_transaction_read_only = on", CUT])
    try:
        yield
    finally:
        reset = f"ALTER DATABASE {name} RESET default_transaction_read_only"
        await _told(_beside(scene.url), [reset, _cut(name)])


def _signalled(scene: Scene, number: signal.Signals) -> None:
    for service in scene.services:
        service.process.send_signal(number)


@asynccontextmanager
async def gone(scene: Scene) -> AsyncIterator[None]:
    """The database is not there."""
    if scene.is_sqlite:
        path = Path(scene.url.partition(":///")[2])
        away = path.with_name(f"{path.name}.away")
        path.rename(away)  # noqa: ASYNC240 - quicker than to ask a thread
        try:
            yield
        finally:
            away.rename(path)
        return
    name, beside = _name(scene.url), _beside(scene.url)
    await _told(beside, [f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", _cut(name)])
    try:
        yield
    finally:
        await _told(beside, [f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"])


@asynccontextmanager
async def cut_off(scene: Scene) -> AsyncIterator[None]:
    """Neither platform does anything for us."""
    ways = [faults.RESET_UNREAD, faults.RESET_READ, faults.HTTP_500, faults.HTTP_502]
    if STANDS >= HANGS_FROM:
        ways.append(faults.SILENT)
    for platform in (scene.zalo, scene.telegram):
        platform.fails(scene.chance.choice(ways), times=1_000_000)
    try:
        yield
    finally:
        for platform in (scene.zalo, scene.telegram):
            platform.works_again()


Fault = Callable[[Scene], AbstractAsyncContextManager[None]]
FAULTS: Mapping[str, Fault] = {
    one.__name__: one for one in (killed, stopped, full, read_only, gone, cut_off)
}


@asynccontextmanager
async def struck(scene: Scene, names: Sequence[str]) -> AsyncIterator[None]:
    """Let some faults stand together."""
    async with AsyncExitStack() as stack:
        for name in names:
            await stack.enter_async_context(FAULTS[name](scene))
        await asyncio.sleep(STANDS)
        yield


CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _cut(name: str) -> str:
    """The statement that ends everybody's connection to a database of ours."""
    return CUT.replace("current_database()", f"'{name}'")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _beside(url: str) -> str:
    """Give the address of a database beside, from which one may be closed."""
    head, mark, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/postgres{mark}{query}"


async def _told(url: str, statements: Sequence[str]) -> None:
    """Tell PostgreSQL."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
