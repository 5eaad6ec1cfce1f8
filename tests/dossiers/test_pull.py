"""The table pulled over HTTP: through the same door as a file, and told where it fails."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path, PosixPath
from typing import TypeVar

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from pydantic import ValidationError

from bot.dossier_pull import BY_HAND, LEFT, PULLED, DossierPull, how_it_goes, keep, lying
from bot.dossier_source import NotPulled, fetch
from bot.dossier_work import DossierWork
from handlers.dossier_records import DossierSource
from storage.connection import Job
from storage.database import BadValue, Store, StoreUnavailable
from storage.dossiers_import import DossierImport
from tests.dossiers.exports import CODE, DIGITS, row
from tests.dossiers.interface import KEY, Interface, as_json, interface, record
from tests.raw_server import raw_server
from tests.transcript import Somebody, Talk

T = TypeVar("T")

OTHER = "H24.107-261116-0002"


@pytest.fixture
async def one_stop() -> AsyncIterator[Interface]:
    async with interface() as one:
        yield one


def source_at(url: str) -> DossierSource:
    return DossierSource(url=url, every=60, private=True)


class Failing(Store):
    """A store whose writes of certain numbers, counted from 1, fail."""

    def __init__(self, store: Store, *fail: int) -> None:
        self.__dict__ = store.__dict__
        self.fail, self.writes = fail, 0

    async def write(self, job: Job[T], *, urgent: bool = False) -> T:
        self.writes += 1
        if self.writes in self.fail:
            raise StoreUnavailable("disk full")
        return await super().write(job, urgent=urgent)


def pull_by(
    talk: Talk, one_stop: Interface, folder: Path, store: Store | None = None
) -> DossierPull:
    commune = talk.office.commune
    pulled = commune.dossiers.model_copy(update={"pulled": source_at(one_stop.url)})
    return DossierPull(
        store or talk.store,
        talk.inbox,
        commune.model_copy(update={"dossiers": pulled}),
        talk.hands,
        header=KEY,
        folder=folder,
    )


@pytest.fixture
def pull(talk: Talk, one_stop: Interface, tmp_path: Path) -> DossierPull:
    return pull_by(talk, one_stop, tmp_path / "exports")


@pytest.fixture
async def staff(talk: Talk) -> Somebody:
    return await talk.official("staff", name="Tổ tổng hợp")


async def hears(talk: Talk, pull: DossierPull, somebody: Somebody) -> list[str]:
    """Pull when the hour is over; give what the person is told."""
    talk.hands.move(minutes=61)
    somebody.new()
    await pull.look()
    await talk.settle()
    return somebody.new()


async def test_what_the_interface_gives_is_asked_about_and_followed_like_an_export(
    talk: Talk, pull: DossierPull, one_stop: Interface, work: DossierWork
) -> None:
    one_stop.gives(as_json(record(), record(OTHER)))
    await pull.look()
    citizen = talk.person()
    (answer,) = await citizen.says(f"/hoso {CODE} {DIGITS}")
    assert "khai sinh" in answer
    assert "17:00 thứ Tư 25/11/2026" in answer
    await citizen.says(f"/theodoihoso {CODE}")
    one_stop.gives(as_json(record(status="Đã có kết quả"), record(OTHER)))
    await work.look()
    talk.hands.move(minutes=61)
    citizen.new()
    await pull.look()
    await work.look()
    await talk.settle()
    assert CODE in citizen.new()[-1]
    assert "Authorization: Bearer made-up-key" in one_stop.asked[0]
    assert "GET /api/dossiers?commune=1 " in one_stop.asked[0]


async def test_it_is_pulled_once_in_its_time_and_the_same_again_is_no_news(
    talk: Talk, pull: DossierPull, one_stop: Interface
) -> None:
    one_stop.gives_csv([row(), row(OTHER)])
    for _ in range(3):
        await pull.look()
    assert len(one_stop.asked) == 1
    first = await talk.read.dossiers.last_import()
    talk.hands.move(minutes=61)
    await pull.look()
    second = await talk.read.dossiers.last_import()
    assert len(one_stop.asked) == 2
    assert first
    assert second
    assert second.as_of > first.as_of
    found = await talk.read.dossiers.dossier(CODE)
    assert found
    assert not found.gone
    pulled, trouble = await how_it_goes(talk.store)
    assert pulled
    assert (pulled.value, trouble) == ("2", None)


@pytest.mark.parametrize(
    ("status", "head", "body", "told"),
    [
        ("500 Oops", "Content-Type: application/json", b"{}", "bị lỗi"),
        ("429 Slowly", "Content-Type: application/json", b"{}", "bị lỗi"),
        ("401 No", "Content-Type: application/json", b"{}", "BOT_DOSSIERS_HEADER"),
        ("404 No", "Content-Type: application/json", b"{}", "không có gì"),
        ("302 There", "Location: http://127.0.0.1:1/", b"", "địa chỉ khác"),
        ("200 OK", "Content-Type: text/html", b"<html>Sign in</html>", "trang web"),
        ("200 OK", "Content-Type: application/json", b"\n <!doctype html>", "trang web"),
        ("200 OK", "Content-Length: 40000000", b"[", "lớn hơn 30 MB"),
        ("200 OK", "Content-Type: application/json", b"", "trống"),
        ("200 OK", "Content-Type: application/json", b'[{"a": 1}', "hỏng"),
        ("200 OK", "Content-Type: application/json", b"[" * 100_000, "hỏng"),
        ("200 OK", "Content-Type: application/json", b'{"message": "ok"}', "JSON"),
        ("200 OK", "Content-Type: application/json", b'{"a": [{"b": 1}], "c": [{}]}', "JSON"),
        ("200 OK", "Content-Type: application/json", b'[{"id": 1}]', "commune.toml"),
        ("200 OK", "Content-Type: text/csv", b"\x00\x01\x02", "không phải bảng"),
    ],
)
async def test_a_bad_answer_changes_nothing_and_is_told_to_staff_once(
    talk: Talk,
    pull: DossierPull,
    one_stop: Interface,
    staff: Somebody,
    *,
    status: str,
    head: str,
    body: bytes,
    told: str,
    tmp_path: Path,
) -> None:
    one_stop.gives(as_json(record()))
    assert await hears(talk, pull, staff) == []
    before = await talk.read.dossiers.last_import()
    one_stop.gives(body, status, head)
    (letter,) = await hears(talk, pull, staff)
    assert told in letter
    assert "made-up-key" not in letter
    assert await hears(talk, pull, staff) == []
    assert await talk.read.dossiers.last_import() == before
    assert not list((tmp_path / "exports").glob("*"))
    _pulled, trouble = await how_it_goes(talk.store)
    assert trouble
    assert told in trouble.value
    one_stop.gives(as_json(record()))
    (again,) = await hears(talk, pull, staff)
    assert "lấy được" in again
    assert (await how_it_goes(talk.store))[1] is None


@pytest.mark.parametrize("name", [PULLED, BY_HAND])
async def test_a_table_that_a_kill_left_behind_is_deleted_when_no_import_can_need_it(
    work: DossierWork, talk: Talk, tmp_path: Path, name: str
) -> None:
    left = tmp_path / "exports" / name
    keep(left, b"names")
    await work.look()
    assert left.exists()
    old = time.time() - LEFT.total_seconds() - 60
    os.utime(left, (old, old))
    await work.look()
    assert left.exists()
    talk.hands.move(minutes=LEFT.total_seconds() / 60)
    await work.look()
    assert not left.exists()


async def test_what_a_kill_left_behind_is_deleted_at_the_start(
    work: DossierWork, tmp_path: Path
) -> None:
    old = time.time() - LEFT.total_seconds() - 60
    for name in (PULLED, BY_HAND, "7"):
        keep(tmp_path / "exports" / name, b"names")
        os.utime(tmp_path / "exports" / name, (old, old))
    await work.look()
    # The other one was sent by somebody, who has a day to say yes.
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["7"]


async def test_whoever_stops_while_a_table_is_written_leaves_none_behind(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class OnASlowDisk(PosixPath):
        def touch(self, mode: int = 0o666, exist_ok: bool = True) -> None:  # noqa: FBT001, FBT002 - as pathlib has it
            begun.set()
            go_on.wait(30)
            super().touch(mode, exist_ok)

    async def hold() -> None:
        async with lying(OnASlowDisk(tmp_path / PULLED), b"names"):
            pass

    holding = asyncio.create_task(hold())
    await asyncio.to_thread(begun.wait, 30)
    holding.cancel()
    await asyncio.wait([holding], timeout=0.2)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await holding
    await asyncio.get_running_loop().shutdown_default_executor()
    assert not (tmp_path / PULLED).exists()


async def test_an_import_by_staff_at_that_moment_is_no_trouble_and_waited_for(
    talk: Talk, pull: DossierPull, one_stop: Interface, staff: Somebody
) -> None:
    one_stop.gives(as_json(record()))
    by_staff = DossierImport(talk.store, talk.hands)
    await by_staff.begin()
    await pull.look()
    await talk.settle()
    assert staff.new() == []
    assert (await how_it_goes(talk.store)) == (None, None)
    await by_staff.drop()
    await pull.look()
    await talk.settle()
    assert staff.new() == []
    assert await talk.read.dossiers.dossier(CODE) is not None


async def test_a_database_that_fails_in_the_middle_is_told_and_tried_in_the_next_time(
    talk: Talk, one_stop: Interface, staff: Somebody, tmp_path: Path
) -> None:
    one_stop.gives(as_json(record()))
    # The first write keeps when it was asked, the second begins the import.
    pull = pull_by(talk, one_stop, tmp_path, Failing(talk.store, 2))
    (letter,) = await hears(talk, pull, staff)
    assert "Cơ sở dữ liệu" in letter
    assert (await how_it_goes(talk.store))[1] is not None
    (again,) = await hears(talk, pull, staff)
    assert "lấy được" in again
    assert await talk.read.dossiers.dossier(CODE) is not None


async def test_an_error_that_nobody_expected_is_told_once(
    talk: Talk, one_stop: Interface, staff: Somebody, tmp_path: Path
) -> None:
    one_stop.gives(as_json(record()))
    (tmp_path / "in the way").write_text("no folder")
    pull = pull_by(talk, one_stop, tmp_path / "in the way")
    (letter,) = await hears(talk, pull, staff)
    assert "nhật ký" in letter
    assert "in the way" not in letter
    assert (await how_it_goes(talk.store))[1] is not None
    assert await hears(talk, pull, staff) == []


@pytest.mark.parametrize("number", [2, 3])
async def test_staff_are_told_whichever_write_of_the_trouble_failed(
    talk: Talk, one_stop: Interface, staff: Somebody, tmp_path: Path, number: int
) -> None:
    one_stop.gives(b"{}", "500 Oops")
    pull = pull_by(talk, one_stop, tmp_path, Failing(talk.store, number))
    with pytest.raises(StoreUnavailable):
        await pull.look()
    # At the next look, not when the time of a pull is over again.
    await pull.look()
    await talk.settle()
    assert "bị lỗi" in staff.new()[-1]
    assert (await how_it_goes(talk.store))[1] is not None


async def test_whoever_dies_in_between_has_told_staff(
    talk: Talk, one_stop: Interface, staff: Somebody, tmp_path: Path
) -> None:
    one_stop.gives(b"{}", "500 Oops")
    with pytest.raises(StoreUnavailable):
        await pull_by(talk, one_stop, tmp_path, Failing(talk.store, 3)).look()
    # Another process, which knows nothing of the first one's trouble.
    after = pull_by(talk, one_stop, tmp_path)
    assert "bị lỗi" in (await hears(talk, after, staff))[-1]


async def test_an_error_of_the_looking_itself_is_left_to_the_service_to_tell(
    talk: Talk, one_stop: Interface, tmp_path: Path
) -> None:
    class Broken(Failing):
        async def write(self, job: Job[T], *, urgent: bool = False) -> T:
            raise BadValue("nobody expected this")

    pull = pull_by(talk, one_stop, tmp_path, Broken(talk.store))
    with pytest.raises(BadValue):
        await asyncio.wait_for(pull.run(asyncio.Event()), 30)


async def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(
    talk: Talk, pull: DossierPull, one_stop: Interface, staff: Somebody
) -> None:
    one_stop.gives_csv([row(f"H24.107-261116-{n:04d}") for n in range(50)])
    one_stop.cut = True
    (letter,) = await hears(talk, pull, staff)
    assert "đứt giữa chừng" in letter
    assert await talk.read.dossiers.last_import() is None


async def test_an_answer_that_does_not_tell_its_length_is_not_taken(one_stop: Interface) -> None:
    one_stop.gives(b"a,b\n", head="X-Without-Length: yes\r\nContent-Type: text/csv")
    with pytest.raises(NotPulled, match="cut"):
        await fetch(source_at(one_stop.url))


async def test_one_that_never_ends_is_given_up_at_30_mb() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        part = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        while True:
            writer.write(part)
            await writer.drain()

    async with raw_server(endless) as port:
        with pytest.raises(NotPulled, match="large"):
            await fetch(source_at(f"http://127.0.0.1:{port}/"))


async def test_one_that_does_not_answer_is_given_up(one_stop: Interface) -> None:
    one_stop.silent = True
    with pytest.raises(NotPulled, match="slow"):
        await fetch(source_at(one_stop.url), patience=0.2)


async def test_one_that_is_not_there_is_unreachable(one_stop: Interface) -> None:
    with pytest.raises(NotPulled, match="unreachable"):
        await fetch(source_at("http://127.0.0.1:1/"))


async def test_wrong_cells_are_told_by_row_and_column(
    talk: Talk, pull: DossierPull, one_stop: Interface, staff: Somebody
) -> None:
    one_stop.gives(as_json(record(), record(OTHER, appointmentDate="mai")))
    (letter,) = await hears(talk, pull, staff)
    assert "dòng 3, cột H" in letter
    assert await talk.read.dossiers.last_import() is None


async def test_half_a_table_is_not_taken_for_dossiers_that_are_gone(
    talk: Talk, pull: DossierPull, one_stop: Interface, staff: Somebody
) -> None:
    many = [record(f"H24.107-261116-{n:04d}") for n in range(60)]
    one_stop.gives(as_json(*many))
    assert await hears(talk, pull, staff) == []
    one_stop.gives(as_json(*many[:5]))
    (letter,) = await hears(talk, pull, staff)
    assert "55" in letter
    last = await talk.read.dossiers.dossier("H24.107-261116-0059")
    assert last
    assert not last.gone


async def test_numbers_keep_their_digits(
    talk: Talk, pull: DossierPull, one_stop: Interface
) -> None:
    text = b'[{"dossierCode": 26111600000000000001.10, "status": "x", "phone": 900000123}]'
    one_stop.gives(text)
    await pull.look()
    assert await talk.read.dossiers.dossier("26111600000000000001.10") is not None


class Inside(AbstractResolver):
    """Finds every host within the network."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="10.0.0.5", port=port, family=2, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


async def test_a_name_that_leads_inside_is_not_followed() -> None:
    source = DossierSource(url="https://motcua.example.vn/api")
    with pytest.raises(NotPulled, match="private"):
        await fetch(source, KEY, resolver=Inside())


@pytest.mark.parametrize(
    "url",
    [
        "http://motcua.example.vn/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://user:password@motcua.example.vn/",
        "ftp://motcua.example.vn/",
        "https://:8/",
        "https://a:99999/",
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        DossierSource(url=url)


def test_within_the_authorities_own_network_it_is_taken() -> None:
    assert DossierSource(url="http://10.1.2.3:8080/api", private=True).every == 60
