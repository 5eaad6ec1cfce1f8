"""What both emulators share: a server on loopback, a log of its calls, waiting, a clock, faults."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from tests.emulators.faults import Fault, Faults, Plan, strike

Json = dict[str, Any]
MAX_BODY = 64 * 1024 * 1024


class Clock:
    """Time as the platform sees it: running from `start`, or standing still; it can be advanced."""

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        self._running = running
        self._began = datetime.now(UTC)
        self._start = (start or self._began).astimezone(UTC)

    def now(self) -> datetime:
        if not self._running:
            return self._start
        return self._start + (datetime.now(UTC) - self._began)

    def milliseconds(self) -> int:
        return int(self.now().timestamp() * 1000)

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> None:
        self._start += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a multipart request."""

    name: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Answer:
    """What the platform says: `body` is sent as JSON unless `raw` is given."""

    body: object = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json"

    def response(self) -> web.Response:
        content = self.raw
        if content is None:
            content = json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()
        return web.Response(
            body=content,
            status=self.status,
            headers=self.headers,
            content_type=self.content_type,
        )


@dataclass(slots=True)
class Call:
    """One request and what was answered; `body` is the JSON object or the form that came."""

    number: int
    verb: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: datetime
    raw: bytes = b""
    body: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    unreadable: bool = False
    answer: Any = None
    status: int = 0
    fault: Fault | None = None

    @property
    def method(self) -> str:
        """The last part of the path: `cs`, `detail`, `sendMessage`."""
        return self.path.rsplit("/", 1)[-1]

    async def read(self, request: web.BaseRequest) -> None:
        """Reads and understands the body: JSON, form or multipart."""
        content_type = request.content_type
        if content_type == "multipart/form-data":
            await self._read_parts(request)
            return
        self.raw = await request.read()
        if content_type == "application/x-www-form-urlencoded":
            self.body = dict(parse_qsl(self.raw.decode(errors="replace"), keep_blank_values=True))
        elif self.raw:
            try:
                found = json.loads(self.raw)
            except ValueError:
                found = None
            self.unreadable = not isinstance(found, dict)
            self.body = found if isinstance(found, dict) else {}

    async def _read_parts(self, request: web.BaseRequest) -> None:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                continue
            content = bytes(await part.read(decode=True))
            if part.filename is None:
                self.body[part.name] = content.decode(errors="replace")
            else:
                kind = part.headers.get("Content-Type", "application/octet-stream")
                self.files[part.name] = Upload(part.filename, kind, content)


class Watch:
    """Lets a test wait for a condition, which is looked at again after every change."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    def changed(self) -> None:
        for condition, waiter in self._waiting:
            if not waiter.done() and condition():
                waiter.set_result(None)

    async def until(
        self, condition: Callable[[], bool], within: float = 5.0, what: str = "the condition"
    ) -> None:
        """Returns as soon as `condition` holds; `TimeoutError` after `within` seconds."""
        if condition():
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (condition, waiter)
        self._waiting.append(entry)
        try:
            async with asyncio.timeout(within):
                await waiter
        except TimeoutError as problem:
            message = f"waited {within} s in vain for {what}"
            raise TimeoutError(message) from problem
        finally:
            self._waiting.remove(entry)


class LoopbackServer(Watch, ABC):
    """A platform on an ephemeral loopback port; subclasses say how it answers.

    `keep` limits how many calls stay in the log (a benchmark makes very many); default: all.
    """

    def __init__(self, *, clock: Clock | None = None, keep: int | None = None) -> None:
        super().__init__()
        self.clock = clock or Clock()
        self.calls: list[Call] = []
        self.forgotten = 0
        self.received = 0
        self.faults = Faults()
        self.closing = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()
        self.host = "127.0.0.1"
        self.port = 0
        self._keep = keep
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @abstractmethod
    async def answer(self, call: Call) -> Answer:
        """How the platform answers; each emulator has its own."""

    async def control(self, name: str, body: Json) -> object:
        """An order from outside the process, `POST /_emulator/<name>`."""
        raise KeyError(name)

    async def start(self, port: int = 0) -> Self:
        server = web.Server(self._serve, request_factory=_request, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def close(self) -> None:
        self.closing.set()
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        if self._runner is None:
            await self.start()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.close()

    def fails(
        self, fault: Fault, *, times: int = 1, when: Callable[[Call], bool] = lambda _: True
    ) -> None:
        """Plans `fault` for the next `times` calls that `when` picks; then all is normal again.

        A fault that strikes before the body is read sees a call without body.
        """
        self.faults.plans.append(Plan(fault, times, when))

    def works_again(self) -> None:
        self.faults.plans.clear()

    def made(self, method: str, *, accepted: bool | None = None) -> list[Call]:
        """The calls of one method so far, in order of acceptance."""
        return [
            call
            for call in self.calls
            if call.method == method and (accepted is None or self.is_accepted(call) == accepted)
        ]

    def is_accepted(self, call: Call) -> bool:
        """Whether the platform carried the call out."""
        return call.fault is None or call.fault.accepted

    async def wait_for(
        self, wanted: Callable[[Call], bool], within: float = 5.0, *, after: int = 0
    ) -> Call:
        """The first call that `wanted` picks among those numbered above `after`, past or coming."""
        found: list[Call] = []
        position = after

        def look() -> bool:
            nonlocal position
            for call in self.calls[max(0, position - self.forgotten) :]:
                if wanted(call):
                    found.append(call)
                    return True
            position = self.forgotten + len(self.calls)
            return False

        await self.until(look, within, "a call; so far: " + ", ".join(self._recent()))
        return found[0]

    def _recent(self) -> list[str]:
        return [call.method for call in self.calls[-10:]] or ["none"]

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path.startswith("/_emulator/"):
            return await self._serve_control(request)
        self.received += 1
        call = Call(
            number=self.received,
            verb=request.method,
            path=request.path,
            query=dict(request.query) if request.query_string else {},
            headers=request.headers,
            at=self.clock.now(),
        )
        call.fault = self.faults.take(call, unread=True) if self.faults.plans else None
        if call.fault is None:
            await call.read(request)
            call.fault = self.faults.take(call, unread=False) if self.faults.plans else None
        answer = Answer()
        if self.is_accepted(call):
            answer = await self.answer(call)
        call.answer, call.status = answer.body, answer.status
        self._log(call)
        if call.fault is None:
            return answer.response()
        return await strike(call.fault, request, answer.response(), self.closing)

    def _log(self, call: Call) -> None:
        self.calls.append(call)
        if self._keep is not None and len(self.calls) > 2 * self._keep:
            self.forgotten += len(self.calls) - self._keep
            del self.calls[: -self._keep]
        self.changed()

    async def _serve_control(self, request: web.BaseRequest) -> web.Response:
        """`GET count`, `GET calls?after=N`, and the orders that `control` knows."""
        name = request.path.removeprefix("/_emulator/")
        if name == "count":
            method = request.query.get("method", "")
            picked = self.made(method) if method else self.calls
            return web.json_response({"received": self.received, "count": len(picked)})
        if name == "calls":
            after = int(request.query.get("after", "0"))
            return web.json_response([_shown(call) for call in self.calls if call.number > after])
        raw = await request.read()
        try:
            result = await self.control(name, json.loads(raw) if raw else {})
        except KeyError as problem:
            return web.json_response({"unknown": str(problem)}, status=404)
        return web.json_response(result)

    def background(self, work: asyncio.Task[None]) -> None:
        """Keeps a task until it ends; closing the emulator cancels it."""
        self.tasks.add(work)
        work.add_done_callback(self.tasks.discard)


def _shown(call: Call) -> Json:
    return {
        "number": call.number,
        "verb": call.verb,
        "path": call.path,
        "body": call.body,
        "status": call.status,
        "answer": call.answer,
        "at": call.at.isoformat(),
        "fault": call.fault.name if call.fault else "",
    }


# The factory's arguments are aiohttp's own; only the size limit is ours.
def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:  # noqa: ANN401
    return web.BaseRequest(
        message,
        payload,
        protocol,
        writer,
        task,
        asyncio.get_running_loop(),
        client_max_size=MAX_BODY,
    )
