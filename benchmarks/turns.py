"""Webhooks kept, answers in time, turns a second, size: beside the empty route and an echo bot."""

import asyncio
import statistics
import time
from collections.abc import Sequence

from benchmarks import load
from benchmarks.programs import (
    ROUNDS,
    Row,
    arrived,
    folder,
    free_port,
    memory,
    percentile,
    process,
    service,
    tell,
    wait_for,
)


def acknowledged(platform: int, count: int = 6000) -> list[Row]:
    """(a) Durable webhooks a second, beside the empty route."""
    empty, ours, busy = [], [], []
    for _ in range(ROUNDS):
        requests = [load.zalo(i) for i in range(count)]
        port = free_port()
        with process(["benchmarks.empty_route", str(port)], port):
            empty.append(asyncio.run(load.flood(port, requests)).per_second())
        with folder() as place, service(platform, place, "web") as (port, _):
            outcome = asyncio.run(load.flood(port, requests))
            tell(outcome)
            ours.append(outcome.per_second())
        with folder() as place, service(platform, place) as (port, _):
            outcome = asyncio.run(load.flood(port, requests[: count // 3]))
            tell(outcome)
            busy.append(percentile(outcome.waits, 99) * 1000)
            arrived(platform, forget=True)
    ratio = statistics.median(o / e for o, e in zip(ours, empty, strict=True))
    return [
        ("empty aiohttp route, 64 connections", f"{statistics.median(empty):,.0f}/s", "1.00"),
        (
            "**(a)** Zalo webhooks kept durably, `--only web`",
            f"{statistics.median(ours):,.0f}/s",
            f"**{ratio:.2f}** (goal: 0.6)",
        ),
        (
            "the same while every turn runs in the same process, p99",
            f"{statistics.median(busy):.0f} ms",
            "(goal: below 200 ms)",
        ),
    ]


def latency(platform: int, seconds: int = 20, per_second: int = 50) -> list[Row]:
    """(b) From the webhook to the reply's call, at a steady 50 a second."""
    with folder() as place, service(platform, place) as (port, _):
        asyncio.run(load.flood(port, [load.zalo(i) for i in range(100)]))
        wait_for(platform, 100)
        count = seconds * per_second
        sent = asyncio.run(
            load.drip(port, load.zalo, first=1000, count=count, per_second=per_second)
        )
        told = wait_for(platform, count)
    waits = [told[str(3_000_000_000 + number)] - at for number, at in sent.items()]
    return [
        (
            f"**(b)** webhook → reply's HTTP call at {per_second}/s, p50 / p99",
            f"{statistics.median(waits) * 1000:.0f} / {percentile(waits, 99) * 1000:.0f} ms",
            "(goal: p99 below 100 ms)",
        )
    ]


def turns(platform: int, count: int = 3000) -> list[Row]:
    """(c) Complete turns a second, beside the smallest echo bot that stores each message."""
    ours, echo = [], []
    for _ in range(ROUNDS):
        with folder() as place:
            port = free_port()
            api = f"http://127.0.0.1:{platform}"
            arguments = ["benchmarks.echo_bot", str(port), api, str(place / "echo.db")]
            with process(arguments, port):
                requests = [load.telegram(i) for i in range(count // 3)]
                echo.append(_answered(platform, port, requests))
        with folder() as place, service(platform, place) as (port, _):
            ours.append(_answered(platform, port, [load.zalo(i) for i in range(count)]))
    ratio = statistics.median(o / e for o, e in zip(ours, echo, strict=True))
    return [
        (
            "python-telegram-bot, each message into SQLite, echo",
            f"{statistics.median(echo):,.0f} turns/s",
            "1.00",
        ),
        (
            "**(c)** complete turns (kept, understood, ticket or answer written, replied)",
            f"{statistics.median(ours):,.0f} turns/s",
            f"**{ratio:.1f}** (goal: 2)",
        ),
    ]


def _answered(platform: int, port: int, requests: Sequence[bytes]) -> float:
    outcome = asyncio.run(load.flood(port, requests))
    tell(outcome)
    told = wait_for(platform, len(requests))
    return len(requests) / (max(told.values()) - outcome.began)


def size(platform: int, count: int = 10_000) -> list[Row]:
    """(d) Memory after 10,000 messages, and the second start."""
    with folder() as place:
        with service(platform, place) as (port, running):
            before = memory(running)
            asyncio.run(load.flood(port, [load.zalo(i) for i in range(count)]))
            wait_for(platform, count, 300)
            after = memory(running)
        began = time.monotonic()
        with service(platform, place):
            start = time.monotonic() - began
    return [
        (
            f"**(d)** memory after {count:,} messages",
            f"{after:.0f} MB",
            f"{before:.0f} MB at start",
        ),
        ("second start until it listens", f"{start:.1f} s", ""),
    ]
