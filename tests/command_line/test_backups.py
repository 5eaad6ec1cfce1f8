"""`backup` and `restore` as an administrator types them, and what `doctor` says of the last one."""

import json
import os
import shutil
import stat
import tarfile
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from bot.backup_mark import last_backup
from storage.media import Media
from tests.command_line.terminal import Answer, Terminal
from tests.conftest import COMMUNE, Hands
from tests.databases import SECRET, Databases
from tests.postgresql import client_programs
from tests.transcript import Talk

WORDS = "Đèn đường thôn Kỳ Lạ tắt ba đêm nay"
PHOTO = b"\x89PNG of a lamp"


@pytest.fixture(autouse=True)
def _own_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{client_programs()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
async def elsewhere(
    terminal: Terminal, made_databases: Databases, tmp_path: Path
) -> AsyncIterator[Terminal]:
    """A terminal of another machine: nothing is there, no key either."""
    url = await made_databases.empty()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    settings = {**terminal.settings, "BOT_DATABASE_URL": url, "BOT_VAR_DIR": str(folder / "var")}
    settings |= {"BOT_SECRET_KEY": "", "BOT_COMMUNE_DIR": str(folder / "commune")}
    yield Terminal(folder, settings, terminal.hour)
    await made_databases.drop(url)


@pytest.fixture
async def used(terminal: Terminal, talk: Talk) -> Terminal:
    """A terminal on a store with a ticket and a photo."""
    await talk.person(name="Bà Năm Thử").says(f"/gopy {WORDS}")
    await Media(talk.store, _var(terminal) / "media", talk.hands).keep_own(PHOTO, "image/png")
    return terminal


def _var(terminal: Terminal) -> Path:
    return Path(terminal.settings["BOT_VAR_DIR"])


def _members(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {
            one.name: content.read()
            for one in archive
            if (content := archive.extractfile(one)) is not None
        }


def _rewritten(file: Path, members: dict[str, bytes]) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))


def _parts(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(".")]


def _found(folder: Path, name: str) -> list[Path]:
    return list(folder.rglob(name))


def _edited(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def _lines(answer: Answer) -> list[str]:
    assert (answer.code, answer.err) == (0, ""), answer
    return answer.out.splitlines()


async def test_a_backup_is_one_file_that_nobody_else_can_read(
    used: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    first, *_more = _lines(await used("backup", str(file)))
    assert first == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not _parts(tmp_path)
    whole = b"".join(_members(file).values())
    assert PHOTO in whole
    for secret in (WORDS, "Bà Năm Thử", SECRET):
        assert secret.encode() not in whole


async def test_with_the_key_it_is_all_that_another_machine_needs(
    used: Terminal, elsewhere: Terminal, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup.tar.gz")
    _lines(await used("backup", file, "--with-key"))
    _lines(await elsewhere("restore", file))
    (ticket,) = json.loads((await elsewhere("tickets")).out)
    assert ticket["code"].startswith("PA2611-")
    assert (await elsewhere("evidence", "verify")).out == "ok\n"
    assert (await elsewhere("doctor")).code == 0
    assert PHOTO in [path.read_bytes() for path in _var(elsewhere).glob("media/*/*")]
    key = _var(elsewhere) / "secret.key"
    assert key.read_text() == f"{SECRET}\n"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    # The commune's files are there again too: the commands above read them.
    assert (elsewhere.folder / "commune" / "commune.toml").is_file()


async def test_without_the_key_nothing_is_restored_and_that_is_said(
    used: Terminal, elsewhere: Terminal, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup.tar.gz")
    _lines(await used("backup", file))
    assert "secret.key" in (await elsewhere("restore", file)).reason
    assert not _var(elsewhere).exists()
    another = await elsewhere("restore", file, BOT_SECRET_KEY="the key of another service")
    assert "BOT_SECRET_KEY" in another.reason
    assert not _var(elsewhere).exists()
    _lines(await elsewhere("restore", file, BOT_SECRET_KEY=SECRET))
    assert json.loads((await elsewhere("tickets", BOT_SECRET_KEY=SECRET)).out)
    assert not (_var(elsewhere) / "secret.key").exists()


async def test_a_store_that_is_not_empty_is_never_written_over_unasked(
    used: Terminal, elsewhere: Terminal, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup.tar.gz")
    _lines(await used("backup", file, "--with-key"))
    _lines(await elsewhere("restore", file))
    _lines(await elsewhere("invite", "--role", "admin", "--name", "Sau"))
    assert "--over" in (await elsewhere("restore", file)).reason
    _lines(await elsewhere("revoke", "Sau", "--yes"))
    _lines(await elsewhere("restore", file, "--over", "--yes"))
    assert (await elsewhere("revoke", "Sau", "--yes")).code == 1
    aside = list(_var(elsewhere).glob("before-restore-*"))
    # What was there is still there, to go back to; PostgreSQL's own tables are not files of ours.
    assert len(aside) == 1
    assert (aside[0] / "media").is_dir()


async def test_a_store_that_a_start_made_and_nobody_used_gives_way(
    used: Terminal, elsewhere: Terminal, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup.tar.gz")
    _lines(await used("backup", file, "--with-key"))
    shutil.copytree(COMMUNE, elsewhere.folder / "commune")
    assert (await elsewhere("migrate")).code == 0
    assert (_var(elsewhere) / "secret.key").is_file()
    _lines(await elsewhere("restore", file))
    assert json.loads((await elsewhere("tickets")).out)


async def test_a_store_that_a_service_has_open_is_not_restored_over(
    used: Terminal, talk: Talk, tmp_path: Path
) -> None:
    file = str(tmp_path / "backup.tar.gz")
    _lines(await used("backup", file))
    before = len(await talk.read.all_tickets())
    assert (await used("restore", file, "--over", "--yes")).reason
    assert len(await talk.read.all_tickets()) == before


@pytest.mark.parametrize("spoiled", ["database", "manifest.json", "more", "cut", "none", "text"])
async def test_what_is_damaged_is_refused_whole(
    used: Terminal, elsewhere: Terminal, tmp_path: Path, spoiled: str
) -> None:
    file = tmp_path / "backup.tar.gz"
    _lines(await used("backup", str(file), "--with-key"))
    members, content = _members(file), file.read_bytes()
    if spoiled == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif spoiled == "none":
        file.unlink()
    elif spoiled == "text":
        file.write_text("no backup")
    elif spoiled == "more":
        _rewritten(file, {**members, "media/strange": b"one more"})
    else:
        _rewritten(file, {**members, spoiled: members[spoiled].replace(b"a", b"b", 1)})
    assert str(file) in (await elsewhere("restore", str(file))).reason
    assert not _var(elsewhere).exists()


@pytest.mark.parametrize("name", ["../outside", "/tmp/outside", "a/../../outside"])  # noqa: S108 - is refused
async def test_a_file_that_would_leave_the_folder_is_refused(
    used: Terminal, elsewhere: Terminal, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "backup.tar.gz"
    _lines(await used("backup", str(file), "--with-key"))
    _rewritten(file, {name: b"out", **_members(file)})
    assert (await elsewhere("restore", str(file))).reason
    assert not _found(tmp_path, "outside")


async def test_a_backup_of_a_later_version_is_refused(
    used: Terminal, elsewhere: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    _lines(await used("backup", str(file), "--with-key"))
    members = _members(file)
    for name, value in (("format", 99), ("revision", "9999")):
        told = {**json.loads(members["manifest.json"]), name: value}
        _rewritten(file, {**members, "manifest.json": json.dumps(told).encode()})
        assert "mới hơn" in (await elsewhere("restore", str(file))).reason


async def test_the_communes_own_files_are_kept_and_never_written_over(
    used: Terminal, elsewhere: Terminal, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(COMMUNE, own)
    _edited(own / "procedures.csv")
    backup = str(tmp_path / "backup.tar.gz")
    _lines(await used("backup", backup, "--with-key", BOT_COMMUNE_DIR=str(own)))
    lines = _lines(await elsewhere("restore", backup, BOT_COMMUNE_DIR=str(COMMUNE)))
    beside = _var(elsewhere) / "commune-of-the-backup"
    assert str(beside) in lines[-1]
    kept = (beside / "procedures.csv").read_bytes()
    assert kept == (own / "procedures.csv").read_bytes()


async def test_doctor_tells_how_old_the_last_backup_is(
    used: Terminal, hands: Hands, tmp_path: Path
) -> None:
    assert "backup FILE" in (await used("doctor")).out
    file = tmp_path / "backup.tar.gz"
    _lines(await used("backup", str(file)))
    assert last_backup(_var(used)) is not None
    answer = await used("doctor")
    assert "backup FILE" not in answer.out
    assert str(file) in answer.out
    later = (hands.now + timedelta(hours=31, minutes=30)).isoformat()
    warned = [line for line in _lines(await used("doctor", BOT_NOW=later)) if "31 giờ" in line]
    assert warned
    assert warned[0].startswith("warning")
    assert "backup FILE" in warned[0]
    patient = await used("doctor", BOT_NOW=later, BOT_BACKUP_HOURS="48")
    assert "31 giờ" not in patient.out


async def test_where_a_backup_cannot_be_written_nothing_is_left(
    used: Terminal, tmp_path: Path
) -> None:
    assert "no/such" in (await used("backup", str(tmp_path / "no/such/folder.tar.gz"))).reason
    assert (await used("backup", str(tmp_path))).reason
    assert (await used("backup", "/dev/null")).reason
    assert last_backup(_var(used)) is None


async def test_a_machine_on_which_nothing_was_started_can_be_backed_up(fresh: Terminal) -> None:
    _lines(await fresh("backup", "backup.tar.gz", "--with-key"))
    assert (fresh.folder / "backup.tar.gz").is_file()


async def test_without_postgresqls_programs_it_is_said_what_to_install(
    used: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "backup.tar.gz")
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = await used("backup", file)
    if used.settings["BOT_DATABASE_URL"].startswith("sqlite"):
        # SQLite needs no program at all.
        assert answer.code == 0
    else:
        assert "pg_dump" in answer.reason
