"""The real service as a process of its own."""

import asyncio
import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.mother import Child, Order, bear

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Settings of a service that keeps everything in a folder, and no other BOT_ setting."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    # Warnings are errors in tests, but not in what a test runs from outside.
    clean.pop("PYTHONWARNINGS", None)
    return {**clean, "BOT_VAR_DIR": str(folder), **settings}


class RunningService:
    """A service that was started."""

    def __init__(self, process: Child, port: int, log: Path) -> None:
        self.process, self.port, self.log = process, port, log
        self.url = f"http://127.0.0.1:{port}"

    async def until_it_listens(self, within: float = 30) -> None:
        """Wait until /healthz answers."""
        async with asyncio.timeout(within), aiohttp.ClientSession() as session:
            while True:
                if self.process.returncode is not None:
                    raise AssertionError(f"it ended: {self.log.read_text('utf-8')[-3000:]}")
                try:
                    async with session.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.02)

    async def stop(self) -> int:
        """Ask it to stop, as an administrator would; give the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 15)

    async def kill(self) -> None:
        """Kill it as a power cut would."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


async def start(
    folder: Path,
    settings: Mapping[str, str],
    *,
    program: Sequence[str] = ("bot", "run"),
    port: int | None = None,
) -> RunningService:
    """Start the service; it may not listen yet."""
    port = port or free_port()
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    log = folder / "service.log"
    given = {"BOT_PORT": str(port), "BOT_PUBLIC_URL": f"http://127.0.0.1:{port}", **settings}
    module, *arguments = program
    # Whoever reads it at once finds it.
    await asyncio.to_thread(log.touch)
    process = await bear(Order(module, arguments, environment(folder, **given), str(log)))
    return RunningService(process, port, log)


@asynccontextmanager
async def running(
    folder: Path, settings: Mapping[str, str], *, port: int | None = None
) -> AsyncIterator[RunningService]:
    """Run the service for the time of a test."""
    service = await start(folder, settings, port=port)
    try:
        await service.until_it_listens()
        yield service
    finally:
        await service.stop()


async def command(folder: Path, *arguments: str, **settings: str) -> tuple[int, str, str]:
    """Run a command of the command line; give exit code, stdout, stderr."""
    with tempfile.TemporaryDirectory() as files:
        out, errors = Path(files, "out"), Path(files, "errors")
        order = Order("bot", arguments, environment(folder, **settings), str(errors), str(out))
        code = await asyncio.wait_for((await bear(order)).wait(), 60)
        told, wrong = [await asyncio.to_thread(file.read_text, "utf-8") for file in (out, errors)]
        return code, told, wrong
