"""The programs that are measured, each a process of its own, and what is asked of them."""

import contextlib
import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from benchmarks import load

Row = tuple[str, str, str]
"""What was measured, its median, its ratio or goal; in Markdown."""

ROUNDS = 3
ROOT = Path(__file__).parent.parent


Answer = TypeVar("Answer")


def apart(what: Callable[..., Answer], *arguments: object) -> Answer:
    """Run a measurement in a fresh process, so that its memory and its caches are its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(what, *arguments).result()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def process(
    arguments: Sequence[str], port: int, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until it listens, and end it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    running = subprocess.Popen(  # noqa: S603 - our own programs
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        stderr=subprocess.DEVNULL if "BENCH_LOG" not in os.environ else None,
    )
    try:
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                break
            if running.poll() is not None:
                raise SystemExit(f"{arguments} ended with {running.returncode}")
            time.sleep(0.005)
        yield running
    finally:
        running.terminate()
        running.wait(15)


@contextlib.contextmanager
def service(
    platform: int, folder: Path, *only: str, **more: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run the service with a Zalo account on the fake platform; `more` are further settings."""
    port = free_port()
    api = f"http://127.0.0.1:{platform}"
    settings = {
        "BOT_VAR_DIR": str(folder),
        "BOT_PORT": str(port),
        "BOT_PACING": "1000000",
        "BOT_ZALO_APP_ID": load.APP,
        "BOT_ZALO_APP_SECRET": "secret",
        "BOT_ZALO_OA_ID": load.OA,
        "BOT_ZALO_OA_SECRET_KEY": load.KEY,
        "BOT_ZALO_REFRESH_TOKEN": "r",
        "BOT_ZALO_API_URL": api,
        "BOT_ZALO_OAUTH_URL": api,
        **more,
    }
    arguments = ["bot", "run", *(["--only", ",".join(only)] if only else [])]
    with process(arguments, port, **settings) as running:
        yield port, running


def arrived(platform: int, *, forget: bool = False) -> dict[str, float]:
    """Ask the platform whom an answer reached, and when."""
    query = "?forget=1" if forget else ""
    with urllib.request.urlopen(f"http://127.0.0.1:{platform}/arrived{query}") as answer:
        told: dict[str, float] = json.loads(answer.read())
    return told


def wait_for(platform: int, count: int, seconds: float = 120) -> dict[str, float]:
    """Wait until so many people have an answer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        told = arrived(platform)
        if len(told) >= count:
            return arrived(platform, forget=True)
        time.sleep(0.05)
    raise SystemExit(f"{len(told)} of {count} answers in {seconds} s")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so many per cent stay below."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share / 100))]


def memory(running: subprocess.Popen[bytes]) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{running.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def tell(outcome: load.Outcome) -> None:
    """Tell on stderr how many requests had to be sent again: they count as waiting, not as done."""
    if outcome.refused:
        sys.stderr.write(f"{outcome.refused} requests were refused and sent again\n")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A new place for a database, on the disk and not in memory."""
    path = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
