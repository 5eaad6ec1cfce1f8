"""A backup beside the running service, and the service that comes of it in another place."""

import asyncio
import gzip
import json
import os
import shutil
import stat
import tarfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from messages.text import _
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.databases import Databases
from tests.emulators.zalo import ZaloEmulator
from tests.postgresql import client_programs
from tests.running import command, free_port, running
from tests.walks import job, traces
from tests.walks.administrator import Administrator, Json
from tests.walks.phones import ZaloPhone

pytestmark = pytest.mark.timeout(300)

COUPLE = "anh Trần Văn Ứng và chị Đỗ Thị Ế"


class AtOnce(Administrator):
    """Somebody whose commands run in this process: starting a dozen programs takes longer."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__(folder, settings)
        # What they print goes to the one stdout that a process has.
        self._alone = asyncio.Lock()

    async def runs(self, *arguments: str) -> str:
        known = {"BOT_VAR_DIR": str(self.folder), "BOT_COMMUNE_DIR": str(COMMUNE)}
        terminal = Terminal(self.folder.parent, {**known, **self.settings})
        async with self._alone:
            answer = await terminal(*arguments)
        assert (answer.code, answer.err) == (0, "")
        return answer.out


@pytest.fixture(autouse=True)
def _own_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    # Those of the tests' own server: a pg_dump that is older than its server refuses.
    monkeypatch.setenv("PATH", f"{client_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
async def elsewhere(tmp_path: Path, made_databases: Databases) -> AsyncIterator[dict[str, str]]:
    """Where the backup is restored: nothing was ever kept there."""
    url = await made_databases.empty()
    yield {} if url.startswith("sqlite") else {"BOT_DATABASE_URL": url}
    await made_databases.drop(url)


def _unpacked(file: Path) -> traces.Kept:
    with tarfile.open(file) as archive:
        return [
            (one.name, content.read())
            for one in archive
            if (content := archive.extractfile(one)) is not None
        ] + [("the whole", gzip.decompress(file.read_bytes()))]


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


async def _a_letter(walk: Administrator, zalo: ZaloEmulator, staff: ZaloPhone) -> None:
    """Let staff draft a letter of congratulation and a leader approve it."""
    leader = ZaloPhone(zalo, "700000007", "Bảy")
    await leader.says(f"/start {await walk.invites('leader', 'Chu Tịch')}")
    await leader.hears("Chu Tịch")
    for typed in ("/soanthu congratulation", COUPLE, "8/11/2026"):
        await staff.says(typed)
    await staff.hears("Trình lãnh đạo")
    await staff.chooses("Trình lãnh đạo")
    await leader.hears(COUPLE)
    await leader.chooses("Duyệt")
    await leader.hears("in và trao tận tay")


async def test_a_backup_made_while_messages_flow_is_the_whole_service_in_another_place(
    zalo: ZaloEmulator,
    folder: Path,
    store_settings: dict[str, str],
    elsewhere: dict[str, str],
    tmp_path: Path,
) -> None:
    port = free_port()
    zalo.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    settings = {**zalo.environment(), "BOT_PACING": "1000", **store_settings}
    admin, file = AtOnce(folder, settings), tmp_path / "kept" / "backup.tar.gz"
    file.parent.mkdir()
    writes = True

    async def keeps_writing() -> None:
        number = 0
        while writes:
            number += 1
            await ZaloPhone(zalo, "700000008", "Tám").says(f"xin chào lần {number}")
            await asyncio.sleep(0.1)

    async with running(folder, settings, port=port):
        citizen, officer, staff = (
            ZaloPhone(zalo, str(700000001 + n), "Nguyễn Thị Năm") for n in range(3)
        )
        await job.walk(job.Cast(citizen, officer, staff, admin))
        await job.until_kept(folder)
        await citizen.says(job.DENUNCIATION)
        await citizen.hears(_("We have not kept what you just wrote, and nobody here will see it."))
        await _a_letter(admin, zalo, staff)
        flow = asyncio.create_task(keeps_writing())
        try:
            (printed, *_said) = (await admin.runs("backup", str(file))).splitlines()
            tickets, report = await admin.tickets(), await admin.report()
        finally:
            writes = False
            await flow
        assert "sao lưu gần nhất" in await admin.runs("doctor")
    assert printed == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert _names(file.parent) == {file.name}
    kept = _unpacked(file)
    secret = (folder / "secret.key").read_text("ascii").strip()
    assert traces.places([*job.DENOUNCED, secret], kept) == set()
    _nothing_personal_is_plain(kept)

    fresh = tmp_path / "fresh"
    code, out, err = await command(fresh, "restore", str(file), **elsewhere)
    assert (code, out) == (1, "")
    assert "secret.key" in err
    assert fresh.name not in _names(tmp_path)

    _bring_the_key(folder, fresh)
    other = AtOnce(fresh, {**zalo.environment(), "BOT_PACING": "1000", **elsewhere})
    await other.runs("restore", str(file))
    await _is_the_same(other, tickets, report)
    # A photo, and the letter in three forms; the service may have kept more since.
    backed_up = {name.rpartition("/")[2] for name, _ in kept if name.startswith("media/")}
    assert len(backed_up) >= 4
    assert backed_up <= _names(fresh / "media") <= _names(folder / "media")
    await _goes_on(zalo, fresh, other.settings, tickets[0]["code"])


def _nothing_personal_is_plain(kept: traces.Kept) -> None:
    """Words and names of citizens stand sealed; photos and set letters are files as they are."""
    plain = [job.STORY, job.ADDED, job.ANSWER.splitlines()[0], job.COMMENT, COUPLE, "Thị Năm"]
    assert traces.places(plain, kept) == set()


def _bring_the_key(folder: Path, fresh: Path) -> None:
    """Do what an administrator does who kept the key apart."""
    fresh.mkdir()
    shutil.copy(folder / "secret.key", fresh / "secret.key")


async def _is_the_same(other: Administrator, tickets: Json, report: Json) -> None:
    """See that doctor finds nothing broken, the seals hold and the figures are as they were."""
    looked = await other.runs("doctor")
    assert "broken" not in looked
    assert await other.runs("evidence", "verify") == "ok\n"
    assert await other.tickets() == tickets
    assert (await other.report())["criteria"] == report["criteria"]


async def _goes_on(zalo: ZaloEmulator, folder: Path, settings: dict[str, str], code: str) -> None:
    """See that citizens find their words again and can write."""
    port = free_port()
    zalo.webhook.url = f"http://127.0.0.1:{port}/webhooks/zalo"
    async with running(folder, settings, port=port):
        citizen = ZaloPhone(zalo, "700000001", "Nguyễn Thị Năm")
        await citizen.says(f"/phieu {code}")
        await citizen.hears(code, job.STORY)
        await citizen.says(f"/gopy {job.ONE_LINE}")
        await citizen.hears(_("Thank you. We have received your feedback."))


async def test_a_backup_knows_every_file_in_it_by_its_checksum(
    folder: Path, store_settings: dict[str, str], tmp_path: Path
) -> None:
    admin, file = AtOnce(folder, store_settings), tmp_path / "backup.tar.gz"
    await admin.runs("backup", str(file), "--with-key")
    names = {name for name, _content in _unpacked(file)}
    manifest = json.loads(dict(_unpacked(file))["manifest.json"])
    assert names - {"the whole"} == {*manifest["files"], "manifest.json"}
    assert {"database", "secret.key", "commune/commune.toml", "commune/procedures.csv"} <= names
