"""An interface of the one-stop system over real sockets on loopback, which can misbehave."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.dossiers.exports import CODE, csv_of
from tests.raw_server import raw_server

KEY = "Authorization: Bearer made-up-key"

NAMES = ("dossierCode", "applicantName", "phoneNumber", "procedureName", "sectorName")


def record(code: str = CODE, **more: object) -> dict[str, object]:
    """A dossier as an interface would give it."""
    told: dict[str, object] = {
        "dossierCode": code,
        "applicantName": "Người mẫu A",
        "phoneNumber": "0900000123",
        "procedureName": "Đăng ký khai sinh",
        "sectorName": "Hộ tịch",
        "agencyName": "Trung tâm Phục vụ hành chính công",
        "acceptedDate": "2026-11-16T08:00:00+07:00",
        "appointmentDate": "2026-11-25T17:00:00+07:00",
        "status": "Đang xử lý",
        "applyMethodName": "Trực tuyến",
        "files": [1, 2],
        "deleted": False,
        "note": None,
    }
    return told | more


def as_json(*records: dict[str, object]) -> bytes:
    return json.dumps({"data": {"total": len(records), "items": records}}).encode()


class Interface:
    """Answers every request as the test says, and remembers what was asked."""

    def __init__(self) -> None:
        self.status, self.head, self.body = "200 OK", "Content-Type: application/json", as_json()
        self.cut = self.silent = False
        self.asked: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/dossiers?commune=1"

    def gives(
        self, body: bytes, status: str = "200 OK", head: str = "Content-Type: application/json"
    ) -> None:
        self.status, self.head, self.body = status, head, body

    def gives_csv(self, rows: Sequence[Sequence[object]]) -> None:
        self.gives(csv_of(rows), head="Content-Type: text/csv")

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        if self.silent:
            await reader.read()
            return
        length = "" if "Length" in self.head else f"Content-Length: {len(self.body)}\r\n"
        head = f"HTTP/1.1 {self.status}\r\n{length}{self.head}\r\nConnection: close\r\n\r\n"
        body = self.body[: len(self.body) // 2] if self.cut else self.body
        writer.write(head.encode() + body)
        await writer.drain()


@asynccontextmanager
async def interface() -> AsyncIterator[Interface]:
    one = Interface()
    async with raw_server(one.answer) as one.port:
        yield one
