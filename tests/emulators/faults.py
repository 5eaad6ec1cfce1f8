"""What can go wrong between a platform and us, to be planned by a test."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.emulators.wire import Call


@dataclass(frozen=True, slots=True)
class Fault:
    """One way of failing.

    `accepted` says whether the platform carried the request out all the same; `unread` that the
    connection goes before the body is read; `delay` is in seconds.
    """

    name: str
    accepted: bool = False
    unread: bool = False
    silent: bool = False
    reset: bool = False
    delay: float = 0.0
    status: int = 0
    body: bytes = b""
    content_type: str = "text/html"
    headers: tuple[tuple[str, str], ...] = ()

    def and_accepted(self) -> Fault:
        """The same failure after the platform carried the request out."""
        return replace(self, accepted=True, name=f"{self.name}, carried out")


HTTP_500 = Fault("HTTP 500", status=500, body=b"<html><h1>500 Internal Server Error</h1></html>")
HTTP_502 = Fault("HTTP 502", status=502, body=b"<html><h1>502 Bad Gateway</h1></html>")
HTTP_401 = Fault("HTTP 401", status=401, body=b"")
NOT_JSON = Fault("not JSON", status=200, body=b"<html>maintenance</html>")
HALF_JSON = Fault("half JSON", status=200, body=b'{"error":0,"dat', content_type="application/json")
SILENT = Fault("silent", silent=True)
SILENT_ACCEPTED = SILENT.and_accepted()
RESET_UNREAD = Fault("reset before the body is read", unread=True, reset=True)
RESET_READ = Fault("reset after the body is read", reset=True)
RESET_ACCEPTED = RESET_READ.and_accepted()


def slow(seconds: float) -> Fault:
    """The platform answers rightly, but late."""
    return Fault(f"slow by {seconds} s", accepted=True, delay=seconds)


def says(status: int, body: bytes, content_type: str = "application/json") -> Fault:
    """The platform answers exactly this and does nothing."""
    return Fault(f"HTTP {status}", status=status, body=body, content_type=content_type)


@dataclass(slots=True)
class Plan:
    """A fault, how often it still strikes, and which calls."""

    fault: Fault
    times: int
    when: Callable[[Call], bool]


class Faults:
    """The faults still to come, in the order they were planned."""

    def __init__(self) -> None:
        self.plans: list[Plan] = []

    def take(self, call: Call, *, unread: bool) -> Fault | None:
        """The fault that strikes this call now, if any; it is used up by one."""
        for plan in self.plans:
            if plan.fault.unread == unread and plan.when(call):
                plan.times -= 1
                if plan.times <= 0:
                    self.plans.remove(plan)
                return plan.fault
        return None


async def strike(
    fault: Fault, request: web.BaseRequest, proper: web.Response, closing: asyncio.Event
) -> web.Response:
    """What leaves the socket when `fault` strikes; `proper` is what would have left without."""
    if fault.silent:
        await closing.wait()
        return web.Response(status=503)
    if fault.reset:
        reset(request)
        return web.Response(status=503)
    if fault.delay:
        await asyncio.sleep(fault.delay)
        return proper
    return web.Response(
        status=fault.status,
        body=fault.body,
        content_type=fault.content_type,
        headers=dict(fault.headers),
    )


def reset(request: web.BaseRequest) -> None:
    """Answers the connection with a TCP reset instead of an orderly end."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    # Linger on with zero seconds makes the kernel send RST where it would send FIN.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
