"""The queue of updates and its two ways out: getUpdates and the webhook.

Bot API, "Getting updates"; what the page leaves open is as in the public server's source.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urlsplit

import aiohttp

from tests.emulators.telegram.parameters import Parameters
from tests.emulators.telegram.refusals import Refusal, bad_request
from tests.emulators.wire import Clock, Json

# Client.h: the server's own limits.
LONG_POLL_MAX = 50
LIMIT_MAX = 100
# Left out unless asked for by name (Bot API, getUpdates, allowed_updates).
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
PORTS = (None, 80, 88, 443, 8443)
UPDATE_LIFE = 24 * 3600
MAX_DELAY = 60


@dataclass(frozen=True, slots=True)
class Update:
    """One update; those of one `queue` reach a webhook one after the other."""

    update_id: int
    kind: str
    payload: Json
    queue: int
    at: float

    def record(self) -> Json:
        return {"update_id": self.update_id, self.kind: self.payload}


@dataclass(slots=True)
class Webhook:
    url: str
    secret: str
    max_connections: int
    slots: asyncio.Semaphore
    last_error: str = ""
    last_error_at: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST of an update to the webhook; `status` 0 means no answer."""

    update_id: int
    status: int
    seconds: float


@dataclass(slots=True)
class Updates:
    """Numbers, keeps and delivers updates.

    `loopback_webhooks` lets a test set http://127.0.0.1:port, which the real one refuses;
    `retry_scale` shrinks the pauses between failed deliveries; `keep_alive` reuses connections.
    """

    clock: Clock
    changed: Callable[[], None]
    closing: asyncio.Event
    loopback_webhooks: bool = False
    retry_scale: float = 0.05
    read_timeout: float = 60.0
    keep_alive: bool = False
    next_id: int = 715_000_001
    pending: dict[int, Update] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None
    _queues: defaultdict[int, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    _draining: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _poller: asyncio.Future[str] | None = None
    _session: aiohttp.ClientSession | None = None

    def add(self, kind: str, payload: Json, queue: int) -> int:
        """Queues an update of an allowed kind; returns its update_id, 0 when it is not allowed."""
        wanted = kind not in NOT_BY_DEFAULT if self.allowed is None else kind in self.allowed
        if not wanted:
            return 0
        update = Update(self.next_id, kind, payload, queue, self.clock.now().timestamp())
        self.next_id += 1
        self.pending[update.update_id] = update
        if self._poller is not None and not self._poller.done():
            self._poller.set_result("")
        self._queues[queue].append(update.update_id)
        self._drain(queue)
        return update.update_id

    # -- getUpdates

    async def get(self, parameters: Parameters) -> list[Json]:
        """getUpdates: confirms everything below `offset`, waits up to `timeout` seconds."""
        if self.webhook is not None:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        offset = parameters.integer("offset")
        limit = min(max(parameters.integer("limit", LIMIT_MAX), 1), LIMIT_MAX)
        timeout = min(max(parameters.integer("timeout"), 0), LONG_POLL_MAX)
        self._allow(parameters)
        self._confirm(offset)
        if not self.pending and timeout:
            await self._long_poll(timeout)
        return [update.record() for update in islice(self.pending.values(), limit)]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            # A negative offset keeps only so many of the latest and forgets the others.
            offset = sorted(self.pending)[offset] if len(self.pending) >= -offset else 0
        old = self.clock.now().timestamp() - UPDATE_LIFE
        while self.pending:
            first = next(iter(self.pending.values()))
            if first.update_id >= offset and first.at > old:
                break
            del self.pending[first.update_id]
        if not self.pending:
            self._queues.clear()

    @property
    def is_polled(self) -> bool:
        """Whether a getUpdates is waiting now."""
        return self._poller is not None

    async def _long_poll(self, timeout: int) -> None:  # noqa: ASYNC109 - it is the API's own word
        self._end_poll(
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        )
        mine: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poller = mine
        self.changed()
        closing = asyncio.ensure_future(self.closing.wait())
        try:
            await asyncio.wait(
                (mine, closing), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            closing.cancel()
            if self._poller is mine:
                self._poller = None
        if mine.done() and mine.result():
            raise Refusal(409, mine.result())

    def _end_poll(self, why: str) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(why)

    def _allow(self, parameters: Parameters) -> None:
        """The list stays in force until another is given; [] means the default again."""
        kinds = parameters.nested("allowed_updates", "can't parse allowed_updates JSON object")
        if isinstance(kinds, list):
            self.allowed = frozenset(kinds) or None

    # -- webhook

    def set_webhook(self, parameters: Parameters) -> tuple[bool, str]:
        """setWebhook; an empty url removes the webhook."""
        url, secret = parameters.text("url"), parameters.text("secret_token")
        if parameters.boolean("drop_pending_updates"):
            self.pending.clear()
        if not url:
            return self._remove_webhook()
        self._check_address(url)
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        self._allow(parameters)
        self._end_poll("Conflict: terminated by setWebhook request")
        connections = min(max(parameters.integer("max_connections", 40), 1), 100)
        is_same = (
            self.webhook is not None
            and (self.webhook.url, self.webhook.secret) == (url, secret)
            and self.webhook.max_connections == connections
        )
        if is_same:
            return True, "Webhook is already set"
        self._stop_draining()
        self.webhook = Webhook(url, secret, connections, asyncio.Semaphore(connections))
        for queue in list(self._queues):
            self._drain(queue)
        return True, "Webhook was set"

    def delete_webhook(self, parameters: Parameters) -> tuple[bool, str]:
        if parameters.boolean("drop_pending_updates"):
            self.pending.clear()
        return self._remove_webhook()

    def _remove_webhook(self) -> tuple[bool, str]:
        if self.webhook is None:
            return True, "Webhook is already deleted"
        self.webhook = None
        self._stop_draining()
        return True, "Webhook was deleted"

    def _check_address(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as problem:
            raise bad_request("invalid webhook URL specified") from problem
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise bad_request("invalid webhook URL specified")
        if self.loopback_webhooks:
            return
        # WebhookActor.cpp; Bot API, setWebhook, notes 2 and 3.
        if parts.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if port not in PORTS:
            raise bad_request(
                "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
            )
        if parts.hostname.startswith(("127.", "10.", "192.168.")) or parts.hostname == "localhost":
            raise bad_request(f"bad webhook: IP address {parts.hostname} is reserved")

    def webhook_info(self) -> Json:
        """getWebhookInfo."""
        hook = self.webhook
        info: Json = {
            "url": hook.url if hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }
        if hook is not None:
            if hook.last_error:
                info["last_error_date"] = hook.last_error_at
                info["last_error_message"] = hook.last_error
            info["max_connections"] = hook.max_connections
            info["ip_address"] = urlsplit(hook.url).hostname
        if self.allowed is not None:
            info["allowed_updates"] = sorted(self.allowed)
        return info

    def _drain(self, queue: int) -> None:
        if self.webhook is None or queue in self._draining:
            return
        task = asyncio.create_task(self._deliver_queue(queue, self.webhook))
        self._draining[queue] = task
        task.add_done_callback(lambda _: self._drained(queue, task))

    def _drained(self, queue: int, task: asyncio.Task[None]) -> None:
        if self._draining.get(queue) is task:
            del self._draining[queue]
            if self._queues[queue]:
                self._drain(queue)

    def _stop_draining(self) -> None:
        for task in self._draining.values():
            task.cancel()
        self._draining.clear()

    async def _deliver_queue(self, queue: int, hook: Webhook) -> None:
        """WebhookActor.cpp: the first retry at once, then after 2, 4, 8 … up to 60 s."""
        waiting, delay, failures = self._queues[queue], 1.0, 0
        while waiting:
            update = self.pending.get(waiting[0])
            if update is None or self.clock.now().timestamp() - update.at > UPDATE_LIFE:
                self.pending.pop(waiting.popleft(), None)
                continue
            async with hook.slots:
                pause = await self._post(hook, update)
            if pause is None:
                delay, failures = 1.0, 0
                self.pending.pop(update.update_id, None)
                waiting.popleft()
                self.changed()
                continue
            if not pause and failures:
                delay = min(delay * 2, MAX_DELAY)
                pause = delay
            failures += 1
            await asyncio.sleep(pause * self.retry_scale)

    async def _post(self, hook: Webhook, update: Update) -> float | None:
        """None when taken; else the seconds that the webhook asked to wait, 0 for none."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, force_close=not self.keep_alive)
            self._session = aiohttp.ClientSession(connector=connector)
        body = json.dumps(update.record(), ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        began, status, wait = time.perf_counter(), 0, 0.0
        try:
            async with (
                asyncio.timeout(self.read_timeout),
                self._session.post(hook.url, data=body, headers=headers) as answer,
            ):
                await answer.read()
                status = answer.status
                wait = float(answer.headers.get("Retry-After", "0"))
                problem = f"Wrong response from the webhook: {status} {answer.reason}"
        except TimeoutError:
            problem = "Read timeout expired"
        except aiohttp.ClientConnectorError:
            problem = "Connection refused"
        except aiohttp.ClientError:
            problem = "Webhook connection closed"
        self.attempts.append(Attempt(update.update_id, status, time.perf_counter() - began))
        if 200 <= status <= 299:
            return None
        hook.last_error, hook.last_error_at = problem, int(self.clock.now().timestamp())
        self.changed()
        return wait

    async def close(self) -> None:
        tasks = list(self._draining.values())
        self._stop_draining()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
