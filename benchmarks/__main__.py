"""`make bench`: the service beside what one would use instead, in one run on one machine.

Every server is a process of its own, the load is another; medians of three rounds in turn.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import load

ROUNDS = 3
ROOT = Path(__file__).parent.parent


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
    platform: int, folder: Path, *only: str
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run the service with a Zalo account on the fake platform."""
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


class Bench:
    """The measurements, in order."""

    def __init__(self, platform: int) -> None:
        self.platform = platform
        self.rows: list[tuple[str, str, str]] = []

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """A new place for a database, on the disk and not in memory."""
        path = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def acknowledged(self, count: int = 6000) -> None:
        """(a) Durable webhooks a second, beside the empty route."""
        empty, ours, busy = [], [], []
        for _ in range(ROUNDS):
            requests = [load.zalo(i) for i in range(count)]
            port = free_port()
            with process(["benchmarks.empty_route", str(port)], port):
                empty.append(asyncio.run(load.flood(port, requests)).per_second())
            with self.folder() as folder, service(self.platform, folder, "web") as (port, _):
                outcome = asyncio.run(load.flood(port, requests))
                tell(outcome)
                ours.append(outcome.per_second())
            with self.folder() as folder, service(self.platform, folder) as (port, _):
                outcome = asyncio.run(load.flood(port, requests[: count // 3]))
                tell(outcome)
                busy.append(percentile(outcome.waits, 99) * 1000)
                arrived(self.platform, forget=True)
        ratio = statistics.median(o / e for o, e in zip(ours, empty, strict=True))
        self.rows += [
            ("empty aiohttp route, 64 connections", f"{statistics.median(empty):,.0f}/s", "1.00"),
            (
                "**(a)** Zalo webhooks kept durably, `--only web`",
                f"{statistics.median(ours):,.0f}/s",
                f"**{ratio:.2f}** (wanted: 0.6)",
            ),
            (
                "the same while every turn runs in the same process, p99",
                f"{statistics.median(busy):.0f} ms",
                "(wanted: below 200 ms)",
            ),
        ]

    def latency(self, seconds: int = 20, per_second: int = 50) -> None:
        """(b) From the webhook to the reply's call, at a steady 50 a second."""
        with self.folder() as folder, service(self.platform, folder) as (port, _):
            asyncio.run(load.flood(port, [load.zalo(i) for i in range(100)]))
            wait_for(self.platform, 100)
            count = seconds * per_second
            sent = asyncio.run(
                load.drip(port, load.zalo, first=1000, count=count, per_second=per_second)
            )
            told = wait_for(self.platform, count)
        waits = [told[str(3_000_000_000 + number)] - at for number, at in sent.items()]
        self.rows.append(
            (
                f"**(b)** webhook → reply's HTTP call at {per_second}/s, p50 / p99",
                f"{statistics.median(waits) * 1000:.0f} / {percentile(waits, 99) * 1000:.0f} ms",
                "(wanted: p99 below 100 ms)",
            )
        )

    def turns(self, count: int = 3000) -> None:
        """(c) Complete turns a second, beside the smallest echo bot that stores each message."""
        ours, echo = [], []
        for _ in range(ROUNDS):
            with self.folder() as folder:
                port = free_port()
                api = f"http://127.0.0.1:{self.platform}"
                arguments = ["benchmarks.echo_bot", str(port), api, str(folder / "echo.db")]
                with process(arguments, port):
                    echo.append(self._answered(port, [load.telegram(i) for i in range(count // 3)]))
            with self.folder() as folder, service(self.platform, folder) as (port, _):
                ours.append(self._answered(port, [load.zalo(i) for i in range(count)]))
        ratio = statistics.median(o / e for o, e in zip(ours, echo, strict=True))
        self.rows += [
            (
                "python-telegram-bot, each message into SQLite, echo",
                f"{statistics.median(echo):,.0f} turns/s",
                "1.00",
            ),
            (
                "**(c)** complete turns (kept, understood, ticket or answer written, replied)",
                f"{statistics.median(ours):,.0f} turns/s",
                f"**{ratio:.1f}** (wanted: 2)",
            ),
        ]

    def _answered(self, port: int, requests: Sequence[bytes]) -> float:
        outcome = asyncio.run(load.flood(port, requests))
        tell(outcome)
        told = wait_for(self.platform, len(requests))
        return len(requests) / (max(told.values()) - outcome.began)

    def size(self, count: int = 10_000) -> None:
        """(d) Memory after 10,000 messages, and the second start."""
        with self.folder() as folder:
            with service(self.platform, folder) as (port, running):
                before = memory(running)
                asyncio.run(load.flood(port, [load.zalo(i) for i in range(count)]))
                wait_for(self.platform, count, 300)
                after = memory(running)
            began = time.monotonic()
            with service(self.platform, folder):
                start = time.monotonic() - began
        self.rows += [
            (
                f"**(d)** memory after {count:,} messages",
                f"{after:.0f} MB",
                f"{before:.0f} MB at start",
            ),
            ("second start until it listens", f"{start:.1f} s", ""),
        ]


def main() -> None:
    """Measure and print the table."""
    (ROOT / "var").mkdir(exist_ok=True)
    port = free_port()
    with process(["benchmarks.platform", str(port)], port):
        bench = Bench(port)
        for measure in (bench.acknowledged, bench.latency, bench.turns, bench.size):
            measure()
    print("| measured | median | ratio |")
    print("|---|---:|---|")
    for row in bench.rows:
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
