"""Zalo's side of the webhook: signing, the 2 s deadline, the retry ladder (Zalo OA sheet A1)."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import hashlib
import json
import random
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from tests.emulators.wire import Json
from tests.emulators.zalo.credentials import App

# A1.1: +30 s, +5 min, +15 min, +30 min, +1 h; then the webhook is switched off.
LADDER = (30.0, 300.0, 900.0, 1800.0, 3600.0)
DEADLINE = 2.0


class Mac(enum.Enum):
    """How the signature header looks (A1.2); the last three are an attacker's or a test's."""

    PREFIXED = "mac=<hex>"
    BARE = "<hex>"
    OA_ID = "mac=<hex> with the oa_id as first term"
    WRONG = "mac=<hex of something else>"
    MISSING = "no header"
    NOT_ASCII = "mac=<letters outside ASCII>"


FORGED = frozenset({Mac.WRONG, Mac.MISSING, Mac.NOT_ASCII})


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How an event is written down; a receiver must use the raw bytes, whatever they are."""

    mac: Mac = Mac.PREFIXED
    shuffled: random.Random | None = None
    escaped: bool = False
    spaced: bool = False
    nfd: bool = False

    def body(self, event: Json) -> bytes:
        if self.shuffled is not None:
            names = list(event)
            self.shuffled.shuffle(names)
            event = {name: event[name] for name in names}
        separators = (", ", ": ") if self.spaced else (",", ":")
        text = json.dumps(event, ensure_ascii=False, separators=separators)
        if self.nfd:
            text = unicodedata.normalize("NFD", text)
        if self.escaped:
            text = json.dumps(json.loads(text), ensure_ascii=True, separators=separators)
        return text.encode()

    def header(self, app: App, raw: bytes, timestamp: str) -> dict[str, str]:
        if self.mac is Mac.MISSING:
            return {}
        if self.mac is Mac.NOT_ASCII:
            return {"X-ZEvent-Signature": "mac=khôngphảimã"}
        first = app.oa_id if self.mac is Mac.OA_ID else app.app_id
        secret = "another secret" if self.mac is Mac.WRONG else app.oa_secret_key
        mac = sign(first, raw, timestamp, secret)
        return {"X-ZEvent-Signature": mac if self.mac is Mac.BARE else f"mac={mac}"}


def sign(app_id: str, raw: bytes, timestamp: str, oa_secret_key: str) -> str:
    """A1.2: plain SHA-256 of app_id + raw body + timestamp + OA secret key, lower-case hex."""
    whole = app_id.encode() + raw + timestamp.encode() + oa_secret_key.encode()
    return hashlib.sha256(whole).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST to the webhook; `status` 0 means no answer within the deadline."""

    status: int
    seconds: float
    reason: str = ""


@dataclass(slots=True)
class Delivery:
    """What became of one event."""

    event: Json
    raw: bytes
    headers: dict[str, str]
    attempts: list[Attempt] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    held: bool = False

    @property
    def status(self) -> int:
        """The HTTP status of the latest attempt; 0 without an answer in time."""
        return self.attempts[-1].status if self.attempts else 0

    @property
    def accepted(self) -> bool:
        return any(attempt.status == 200 for attempt in self.attempts)

    @property
    def message_id(self) -> str:
        message = self.event.get("message")
        return str(message.get("msg_id", "")) if isinstance(message, dict) else ""


class WebhookPlayer:
    """Posts events to the bot. `retry_scale` 0.01 makes the ladder's half minute 0.3 s.

    With `retries_refusals` every answer but 200 is tried again; without it only a connection that
    could not be opened or did not answer: the sources contradict each other (A1.1).
    """

    def __init__(
        self,
        app: App,
        url: str = "",
        *,
        retry_scale: float = 0.01,
        retries_refusals: bool = True,
        keep_alive: bool = False,
    ) -> None:
        self.app = app
        self.url = url
        self.retry_scale = retry_scale
        self.retries_refusals = retries_refusals
        self.deadline = DEADLINE
        self.loopback = True
        self.wrapping = Wrapping()
        self.disabled = False
        self.deliveries: list[Delivery] = []
        self._keep_alive = keep_alive
        self._session: aiohttp.ClientSession | None = None
        self._retrying: set[asyncio.Task[None]] = set()
        self._holding: list[Delivery] | None = None

    async def close(self) -> None:
        for task in list(self._retrying):
            task.cancel()
        await asyncio.gather(*self._retrying, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def deliver(
        self,
        event: Json,
        wrapping: Wrapping | None = None,
        *,
        extra_headers: dict[str, str] | None = None,
    ) -> Delivery:
        """Posts one event; returns after the first attempt, the ladder goes on behind."""
        wrapping = wrapping or self.wrapping
        raw = wrapping.body(event)
        headers = {"Content-Type": "application/json"} | (extra_headers or {})
        headers |= wrapping.header(self.app, raw, str(event.get("timestamp", "")))
        delivery = Delivery(event, raw, headers)
        self.deliveries.append(delivery)
        if self._holding is not None:
            delivery.held = True
            self._holding.append(delivery)
            return delivery
        if not self.url or self.disabled:
            delivery.done.set()
            return delivery
        await self._attempt(delivery)
        if wrapping.mac in FORGED or not self._wants_retry(delivery):
            delivery.done.set()
            return delivery
        task = asyncio.create_task(self._climb(delivery))
        self._retrying.add(task)
        task.add_done_callback(self._retrying.discard)
        return delivery

    async def again(self, delivery: Delivery, *, num_retry: int | None = None) -> Attempt:
        """A1.1: at-least-once; the same bytes come a second time."""
        await self._attempt(delivery, num_retry)
        return delivery.attempts[-1]

    async def posts(self, raw: bytes, headers: dict[str, str] | None = None) -> Attempt:
        """Any bytes at all: not JSON, too large, an unknown encoding."""
        return await self._post(raw, {"Content-Type": "application/json"} | (headers or {}))

    async def saves(self, url: str) -> str:
        """An administrator saves the address in the console; why it is refused, "" when it is not.

        A0, 6: HTTPS and a domain, no host:port (`loopback` permits a test's own); A1.1: the probe
        must get 200. What the console says word for word is not known.
        """
        parts = urlsplit(url)
        if not self.loopback and (parts.scheme != "https" or parts.port is not None):
            return "the address must be HTTPS, with a domain and no port"
        before, self.url = self.url, url
        probe = await self.probes()
        if probe.status == 200:
            self.disabled = False
            return ""
        self.url = before
        return f"the probe got {probe.status or probe.reason}"

    async def probes(self) -> Attempt:
        """A1.1: when the address is saved in the console, an unsigned `{}`."""
        return await self.posts(b"{}")

    @contextlib.asynccontextmanager
    async def out_of_order(
        self, order: Callable[[list[Delivery]], Iterable[Delivery]] = reversed
    ) -> AsyncIterator[list[Delivery]]:
        """A1.1: no order is promised. Holds the events of the block, then posts them in `order`."""
        held: list[Delivery] = []
        self._holding = held
        try:
            yield held
        finally:
            self._holding = None
        for delivery in list(order(held)):
            await self._attempt(delivery)
            delivery.done.set()

    def _wants_retry(self, delivery: Delivery) -> bool:
        status = delivery.status
        return status == 0 or (status != 200 and self.retries_refusals)

    async def _climb(self, delivery: Delivery) -> None:
        for number, wait in enumerate(LADDER, start=1):
            await asyncio.sleep(wait * self.retry_scale)
            await self._attempt(delivery, number)
            if not self._wants_retry(delivery):
                break
        else:
            self.disabled = True
        delivery.done.set()

    async def _attempt(self, delivery: Delivery, num_retry: int | None = None) -> None:
        headers = dict(delivery.headers)
        if num_retry is not None:
            headers["num_retry"] = str(num_retry)
        delivery.attempts.append(await self._post(delivery.raw, headers))

    async def _post(self, raw: bytes, headers: dict[str, str]) -> Attempt:
        if self._session is None:
            # A connection kept alive over a restart of the bot would fail its first event.
            connector = aiohttp.TCPConnector(limit=0, force_close=not self._keep_alive)
            self._session = aiohttp.ClientSession(connector=connector)
        began = time.perf_counter()
        try:
            async with (
                asyncio.timeout(self.deadline),
                self._session.post(self.url, data=raw, headers=headers) as answer,
            ):
                await answer.read()
                return Attempt(answer.status, time.perf_counter() - began)
        except TimeoutError:
            return Attempt(0, time.perf_counter() - began, "no answer within the deadline")
        except aiohttp.ClientError as problem:
            return Attempt(0, time.perf_counter() - began, type(problem).__name__)
