"""A load of webhooks: 64 connections that write prepared requests, or a steady drip of them."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

APP, OA, KEY = "1000000000000000001", "2000000000000000002", "benchmark-oa-secret-key"
CONNECTIONS = 64

TEXTS = (
    "/gopy Đèn đường trước nhà văn hoá hỏng ba hôm nay, tối om",
    "Tôi muốn làm giấy khai sinh cho con mới sinh thì cần những giấy tờ gì ạ?",
    "dang ky tam tru cho nguoi thue tro can giay to gi",
    "Xin chào xã",
)
"""What citizens write: a ticket, two questions, a greeting; all are understood and answered."""


def text_of(number: int) -> str:
    """What the citizen of that number writes; no two write the same."""
    return f"{TEXTS[number % len(TEXTS)]} ({number})"


def zalo(number: int) -> bytes:
    """One signed webhook of a citizen who writes for the first time."""
    stamp = str(int(time.time() * 1000))
    event = {
        "app_id": APP,
        "sender": {"id": str(3_000_000_000 + number)},
        "user_id_by_app": str(4_000_000_000 + number),
        "recipient": {"id": OA},
        "event_name": "user_send_text",
        "message": {"text": text_of(number), "msg_id": f"m{number:012d}"},
        "timestamp": stamp,
    }
    body = json.dumps(event, ensure_ascii=False).encode()
    mac = hashlib.sha256(APP.encode() + body + stamp.encode() + KEY.encode()).hexdigest()
    return _post("/webhooks/zalo", body, f"X-ZEvent-Signature: mac={mac}\r\n")


def telegram(number: int) -> bytes:
    """One update of the same citizen on Telegram."""
    person = {"id": 3_000_000_000 + number, "is_bot": False, "first_name": "A"}
    update = {
        "update_id": number + 1,
        "message": {
            "message_id": number + 1,
            "date": int(time.time()),
            "chat": {"id": person["id"], "type": "private", "first_name": "A"},
            "from": person,
            "text": text_of(number),
        },
    }
    body = json.dumps(update, ensure_ascii=False).encode()
    return _post("/webhooks/telegram", body, "X-Telegram-Bot-Api-Secret-Token: secret\r\n")


def page(path: str) -> bytes:
    """Ask for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def _post(path: str, body: bytes, headers: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body


@dataclass
class Outcome:
    """What a run of requests came to; seconds."""

    began: float = 0.0
    took: float = 0.0
    waits: list[float] = field(default_factory=list)
    refused: int = 0
    """How often a request was sent again."""

    def per_second(self) -> float:
        """Answered requests in a second."""
        return len(self.waits) / self.took


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, outcome: Outcome
) -> None:
    """Send a request, again until it is answered with 200, as a platform would."""
    while not await _answered(reader, writer, request, outcome):
        outcome.refused += 1


async def _answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes, outcome: Outcome
) -> bool:
    sent = time.monotonic()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    if length:
        await reader.readexactly(length)
    if b" 200 " not in head[:16]:
        return False
    outcome.waits.append(time.monotonic() - sent)
    return True


async def flood(port: int, requests: Sequence[bytes], *others: int) -> Outcome:
    """Send all requests over 64 connections, each as soon as the one before was answered.

    Args:
        port: of the service.
        requests: whatever is to be answered with 200.
        others: ports of processes beside it, which have their share of the connections.
    """
    outcome, queue, ports = Outcome(), iter(requests), (port, *others)
    links = [
        await asyncio.open_connection("127.0.0.1", ports[i % len(ports)])
        for i in range(CONNECTIONS)
    ]

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in queue:
            await _exchange(reader, writer, request, outcome)

    outcome.began = time.monotonic()
    await asyncio.gather(*(work(*link) for link in links))
    outcome.took = time.monotonic() - outcome.began
    for _, writer in links:
        writer.close()
    return outcome


async def drip(
    port: int,
    make: Callable[[int], bytes],
    *,
    first: int,
    count: int,
    per_second: float,
    outcome: Outcome | None = None,
    ended: Callable[[], bool] = lambda: False,
) -> dict[int, float]:
    """Send so many a second, whether answered or not, until it ended; give when each was sent.

    Args:
        port: of the service.
        make: gives the request of a number.
        first: the first number.
        count: how many at most.
        per_second: how many.
        outcome: takes how long each waited for its answer.
        ended: whether no more are to be sent.
    """
    sent: dict[int, float] = {}
    links = [await asyncio.open_connection("127.0.0.1", port) for _ in range(CONNECTIONS)]
    free, outcome = list(links), outcome or Outcome()

    async def exchange(request: bytes) -> None:
        # A request never waits for the answer to another one: that would hide how slow it is.
        if not free:
            links.append(await asyncio.open_connection("127.0.0.1", port))
            free.append(links[-1])
        link = free.pop()
        await _exchange(*link, request, outcome)
        free.append(link)

    began, tasks = time.monotonic(), []
    for i in range(count):
        if ended():
            break
        await asyncio.sleep(max(0.0, began + i / per_second - time.monotonic()))
        request = make(first + i)
        sent[first + i] = time.monotonic()
        tasks.append(asyncio.create_task(exchange(request)))
    await asyncio.gather(*tasks)
    for _, writer in links:
        writer.close()
    return sent
