"""The import of an export beside openpyxl and executemany, and the answer to "where is it?"."""

import asyncio
import contextlib
import itertools
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.programs import Row, apart
from bot.app import office_of
from bot.dossier_import import bring_in
from bot.inbox_worker import InboxWorker
from bot.metrics import Metrics
from bot.settings import Settings
from handlers import router
from messages.envelope import Address, Incoming
from messages.languages import ZONE
from storage.clock import system_clock
from storage.database import Store
from storage.dossiers import Exported, Stage
from storage.dossiers_import import DossierImport
from storage.inbox import Inbox
from storage.migrate import migrate
from storage.outbox import Outbox
from storage.sealing import Box

ROWS, STORED, ASKED = 100_000, 1_000_000, 1_000
TITLES = (
    "STT",
    "Mã hồ sơ",
    "Người nộp",
    "Số điện thoại",
    "Tên thủ tục",
    "Lĩnh vực",
    "Đơn vị xử lý",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Trạng thái",
    "Hình thức nộp",
)
FIRST = datetime(2026, 1, 1, 8, tzinfo=ZONE)
HOURS = 7_000
EVERY = 0.02
"""Seconds between two webhooks while an import runs."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An import, measured in a process of its own.

    Attributes:
        seconds: from the file to the switch.
        megabytes: by which the process grew, the one that reads the file not counted.
        webhook_p99_ms: of messages that were kept meanwhile.
    """

    seconds: float
    megabytes: float
    webhook_p99_ms: float


def code(number: int) -> str:
    """Give the code of a made-up dossier."""
    day = FIRST + timedelta(hours=number % HOURS)
    return f"H24.107-{day:%y%m%d}-{number:06d}"


def digits(number: int) -> str:
    """Give the last four digits of the telephone on it."""
    return f"{number % 10_000:04d}"


def make_export(path: Path, rows: int) -> None:
    """Write a workbook as the one-stop system exports it."""
    import openpyxl  # noqa: PLC0415 - only those who make files need it

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Hồ sơ")
    sheet.append(list(TITLES))
    for number in range(rows):
        came = FIRST + timedelta(hours=number % HOURS)
        sheet.append(
            [
                number + 1,
                code(number),
                f"Nguyễn Thị {number % 977}",
                f"09123{number % 10_000:05d}",
                "Thủ tục đăng ký khai sinh",
                "Hộ tịch",
                "Trung tâm Phục vụ hành chính công",
                f"{came:%d/%m/%Y %H:%M}",
                (came + timedelta(days=5)).replace(tzinfo=None),
                "" if number % 3 else f"{came + timedelta(days=4):%d/%m/%Y}",
                "Đang xử lý" if number % 3 else "Đã trả kết quả",
                "Trực tuyến" if number % 2 else "Trực tiếp",
            ]
        )
    book.save(path)


@contextlib.asynccontextmanager
async def _store(folder: Path) -> AsyncIterator[Store]:
    store = Store(f"sqlite+aiosqlite:///{folder / 'bot.db'}", Box("for measuring only"))
    await store.open()
    await migrate(store)
    try:
        yield store
    finally:
        await store.close()


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)] * 1000 if values else 0.0


def measure_import(file: str) -> Imported:
    """Import a file into a fresh SQLite store while messages arrive 50 times a second."""
    return asyncio.run(_import(Path(file)))


async def _import(file: Path) -> Imported:
    office = office_of(Settings.read())
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with _store(Path(folder)) as store:
            inbox = Inbox(store, system_clock)
            await _arrive(inbox, 0)
            ended = asyncio.Event()

            async def webhooks() -> None:
                for number in itertools.count(1):
                    if ended.is_set():
                        return
                    begun = time.perf_counter()
                    await _arrive(inbox, number)
                    waits.append(time.perf_counter() - begun)
                    await asyncio.sleep(EVERY)

            before = _memory()
            arriving = asyncio.create_task(webhooks())
            begun = time.perf_counter()
            outcome = await bring_in(store, office.commune, system_clock, file)
            seconds = time.perf_counter() - begun
            ended.set()
            await arriving
            if not outcome.done:
                raise SystemExit("the import was refused")
            return Imported(seconds, _memory() - before, _p99(waits))


async def _arrive(inbox: Inbox, number: int, text: str = "xin chào", who: str = "") -> None:
    message = Incoming(
        sender=Address("web", who or f"person {number % 50}"),
        key=f"{who}{number}",
        sent_at=datetime.now(UTC),
        text=text,
    )
    await inbox.accept(message)


def measure_rival(file: str) -> float:
    """Do the least that would do: openpyxl's read-only mode and executemany; give the seconds."""
    import openpyxl  # noqa: PLC0415 - what is compared with

    with tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(folder, "rival.db"))
        columns = ", ".join(f"c{n}" for n in range(len(TITLES)))
        database.execute(f"CREATE TABLE dossiers ({columns})")
        database.execute("CREATE INDEX by_code ON dossiers (c1)")
        begun = time.perf_counter()
        sheet = openpyxl.load_workbook(file, read_only=True).active
        rows = ([str(cell) for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True))
        marks = ", ".join("?" * len(TITLES))
        database.executemany(f"INSERT INTO dossiers VALUES ({marks})", rows)  # noqa: S608 - marks
        database.commit()
        seconds = time.perf_counter() - begun
        database.close()
        return seconds


def measure_answers(stored: int) -> tuple[float, float]:
    """Ask where a dossier is among so many; give p50 and p99 of whole turns in ms."""
    return asyncio.run(_answers(stored))


async def _answers(stored: int) -> tuple[float, float]:
    office = office_of(Settings.read())
    with tempfile.TemporaryDirectory() as folder:
        async with _store(Path(folder)) as store:
            importing = DossierImport(store, system_clock)
            await importing.begin()
            for start in range(0, stored, 5_000):
                await importing.add([_dossier(n) for n in range(start, min(start + 5_000, stored))])
            await importing.finish()
            inbox = Inbox(store, system_clock)
            worker = InboxWorker(
                store,
                inbox,
                Outbox(store, system_clock),
                router=router,
                office=office,
                metrics=Metrics(),
            )
            office.warm(datetime.now(UTC))
            chance, took = random.Random(5), []
            for turn in range(ASKED):
                number = chance.randrange(stored)
                question = f"/hoso {code(number)} {digits(number)}"
                await _arrive(inbox, turn, question, who=f"citizen {turn}")
                begun = time.perf_counter()
                await worker.work()
                took.append(time.perf_counter() - begun)
            await worker.finish()
            return sorted(took)[len(took) // 2] * 1000, _p99(took)


def _dossier(number: int) -> Exported:
    came = FIRST + timedelta(hours=number % HOURS)
    return Exported(
        code(number),
        Stage.PROCESSING,
        status="Đang xử lý",
        applicant=f"Nguyễn Thị {number % 977}",
        digits=digits(number),
        procedure="Thủ tục đăng ký khai sinh",
        field="Hộ tịch",
        unit="ttpvhcc",
        received_at=came,
        due_at=came + timedelta(days=5),
    )


def rows(_platform: int) -> list[Row]:
    """Measure the import beside its rival, and the answers."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "export.xlsx"))
        make_export(Path(file), ROWS)
        imported = apart(measure_import, file)
        rival = ROWS / apart(measure_rival, file)
    p50, p99 = apart(measure_answers, STORED)
    ours = ROWS / imported.seconds
    return [
        ("openpyxl and executemany, dossiers a second", f"{rival:,.0f}", "1.00"),
        (
            f"import of {ROWS:,} dossiers, each checked and sealed",
            f"{ours:,.0f}",
            f"**{ours / rival:.2f}** (goal: 10,000 a second)",
        ),
        (
            "webhooks beside the import, p99; its memory",
            f"{imported.webhook_p99_ms:.0f} ms; {imported.megabytes:.0f} MB",
            "",
        ),
        (
            f"where a dossier is, among {STORED:,}, p50 / p99",
            f"{p50:.0f} / {p99:.0f} ms",
            "(goal: p99 below 20 ms)",
        ),
    ]
