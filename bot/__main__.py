"""The command line: stdout carries the result alone; what is refused is one line on stderr."""

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.asked_again import offer_yes
from bot.refusal import DONE, REFUSED, told
from bot.settings import CommuneFolder, Settings
from messages.languages import ZONE

if TYPE_CHECKING:
    import logging

PARTS = ("web", "inbox", "outbox", "clock")
ROLES = ("officer", "staff", "leader", "admin", "village")


def parser() -> argparse.ArgumentParser:
    """Make the reader of the command line."""
    top = argparse.ArgumentParser(prog="python -m bot", description=__doc__, allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, does: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=does, description=does, allow_abbrev=False)

    run = add("run", "migrate the database, then serve")
    run.add_argument("--only", type=_parts, default=PARTS, help=",".join(PARTS))

    add("migrate", "bring the database to this version's form")

    invite = add("invite", "make a single-use code for an official")
    invite.add_argument("--role", required=True, choices=ROLES)
    invite.add_argument("--name", required=True, help="the official name")
    invite.add_argument("--unit", default="", help="a unit of commune.toml; none = all units")

    report = add("report", "counts and score of a period")
    report.add_argument("--period", default="", help="2026-H1, 2026-Q3, 2026-07, 2026, A..B")
    report.add_argument("--format", choices=("text", "json", "docx", "xlsx", "png"), default="text")
    report.add_argument("--out", metavar="FILE", help="a file instead of stdout")

    tickets = add("tickets", "tickets with their history")
    tickets.add_argument("code", nargs="?", default="", metavar="CODE")
    tickets.add_argument("--format", choices=("json",), default="json")

    dossiers = add("dossiers", "import an export of the one-stop system")
    dossiers.add_argument("action", choices=("import", "pull"))
    dossiers.add_argument("file", nargs="?", metavar="FILE", help="import: .xlsx, .xls or .csv")
    dossiers.add_argument("--dry-run", action="store_true", help="only tell what would change")
    dossiers.add_argument(
        "--gone-too",
        action="store_true",
        help="import although more than half of the known dossiers are not in the file",
    )

    procedures = add("procedures", "check the catalogue of procedures, or bring a table into it")
    procedures.add_argument("action", choices=("check", "import", "shown"))
    procedures.add_argument("file", nargs="?", metavar="FILE", help="CSV or XLSX; none = own")
    procedures.add_argument("--on", default="", metavar="DAY", help="of shown: 2026-07-31")

    qr = add("qr", "posters and stickers with QR codes, as PDF, SVG and PNG")
    qr.add_argument(
        "codes",
        nargs="*",
        metavar="CODE",
        help="KS01, 1.001193, or a survey and its unit: hailong/tramyte",
    )
    qr.add_argument("--out", required=True, metavar="DIR")
    qr.add_argument("--place", action="append", default=[], metavar="NAME", help="where it hangs")

    criteria = add("criteria", "check the criteria, or make them from the official annex")
    criteria.add_argument("action", choices=("check", "import"))
    criteria.add_argument("file", nargs="?", metavar="FILE", help="check: none = the commune's own")
    criteria.add_argument("--out", metavar="FILE", help="import: a file instead of stdout")
    criteria.add_argument("--id", default="", help="import: of the scheme")
    criteria.add_argument("--source", default="", help="import: the decision it is annexed to")
    criteria.add_argument("--valid-from", default="", metavar="DAY", help="import: 2027-01-01")

    understand = add("understand", "what the chat makes of a text")
    understand.add_argument("texts", nargs="+", metavar="TEXT")
    understand.add_argument("--format", choices=("json",), default="json")

    evidence = add("evidence", "check the seals of evidence, or write a period's pack")
    evidence.add_argument("action", choices=("verify", "export"))
    evidence.add_argument("--period", help="verify: none = every day; export: the half year")
    evidence.add_argument("--out", metavar="FILE", help="export: none = evidence-PERIOD.zip")

    zalo = add("zalo", "let an administrator of the Zalo OA agree, and keep its tokens")
    zalo.add_argument("action", choices=("connect",))

    _add_operations(add)
    return top


def _add_operations(add: Callable[[str, str], argparse.ArgumentParser]) -> None:
    """Add the commands of whoever keeps services running."""
    revoke = add("revoke", "end an official's roles at once")
    revoke.add_argument("name", metavar="NAME")
    offer_yes(revoke)

    backup = add("backup", "write one file with all that cannot be made again")
    backup.add_argument(
        "file", metavar="FILE", help="such as backup.tar.gz; one that is there is replaced"
    )
    backup.add_argument("--with-key", action="store_true", help="put the secret key into it")

    restore = add("restore", "put a backup into the place of an empty store")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument(
        "--over",
        action="store_true",
        help="also where a store is; what was there is moved aside",
    )
    offer_yes(restore)

    rollup = add("rollup", "add communes' JSON reports into one table")
    rollup.add_argument("files", nargs="+", metavar="FILE", help="of report --format json")
    rollup.add_argument("--format", choices=("text", "json"), default="text")

    retention = add("retention", "let go of personal data that is no longer to be kept")
    retention.add_argument("--dry-run", action="store_true", help="only count it, by kind")

    audit = add("audit", "who looked at what and did what, the newest first")
    audit.add_argument("code", nargs="?", default="", metavar="CODE", help="none = all")
    audit.add_argument("--limit", type=int, default=100, metavar="N")

    requests = add("requests", "the register of requests about personal data, with their clocks")
    requests.add_argument("--period", default="", help="2026-H1, 2026-Q3, 2026-07, 2026, A..B")
    requests.add_argument("--format", choices=("text", "json"), default="text")

    breaches = add("breaches", "the log of incidents with personal data")
    breaches.add_argument("code", nargs="?", default="", metavar="CODE", help="none = all")
    breaches.add_argument("--format", choices=("text", "json"), default="text")

    key = add("key", "seal everything with a new secret key, while the service stands still")
    key.add_argument("action", choices=("rotate",))
    offer_yes(key)

    add("doctor", "what is wrong, and what to do about it")


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = set(parts) - set(PARTS)
    if unknown or not parts:
        raise argparse.ArgumentTypeError(f"choose of {', '.join(PARTS)}")
    return parts


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; give the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Half a letter, as a torn argument may hold, is written as JSON writes it too.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parser().parse_args(arguments)
    try:
        code = _run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has seen enough.
        _let_go_of_stdout()
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the last one to hear of it: one line and the exit code
        _let_go_of_stdout()
        sys.stderr.write(f"{told(error)}\n")
        return REFUSED
    return code


def _run(options: argparse.Namespace) -> int:
    if options.command == "dossiers" and (options.action == "import") != bool(options.file):
        parser().error("dossiers import needs a FILE, dossiers pull takes none")
    of_files = options.command == "procedures" and options.action != "shown"
    if of_files or options.command in {"understand", "criteria", "rollup"}:
        return _without_store(options)
    if options.command == "qr":
        from bot.poster_commands import qr  # noqa: PLC0415

        asked = Settings.read()
        return qr(
            asked.commune_dir, asked.public_url, Path(options.out), options.codes, options.place
        )
    if options.command == "run":
        # Until the service listens for it itself: nothing is in hand yet that could be finished.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(DONE))
    settings = Settings.read()

    from bot import commands  # noqa: PLC0415
    from bot.logs import COMMANDS, SERVICE, set_up  # noqa: PLC0415

    if options.command == "run":
        set_up(settings.secrets(), SERVICE, _error_reports(settings))
        return _serve(settings, options.only)
    set_up(settings.secrets(), COMMANDS)
    return commands.COMMANDS[options.command](settings, options)


def _error_reports(settings: Settings) -> "logging.Handler | None":
    dsn = settings.sentry_dsn.get_secret_value()
    if not dsn:
        return None
    from bot.error_reports import ErrorReports  # noqa: PLC0415 - only where it is wanted

    return ErrorReports(dsn, settings.public_url)


def _without_store(options: argparse.Namespace) -> int:
    """Run what needs the commune's files and no store."""
    from bot import catalogue_commands, criteria_commands  # noqa: PLC0415 - only these need them

    if options.command == "rollup":
        from bot.rollup import rollup  # noqa: PLC0415 - only this command needs it

        return rollup(options.files, options.format)
    folder = CommuneFolder.read().commune_dir
    if options.command == "criteria":
        return criteria_commands.criteria(folder, options)
    if options.command == "understand":
        return catalogue_commands.understand(folder, options.texts)
    if options.action == "import":
        if options.file is None:
            parser().error("procedures import needs a FILE")
        return catalogue_commands.take(folder, options.file, _today())
    return catalogue_commands.check(folder, options.file, _today())


def _today() -> date:
    return datetime.now(ZONE).date()


def _serve(settings: Settings, only: Sequence[str]) -> int:
    import asyncio  # noqa: PLC0415 - what is read before it need not wait for it

    from bot.app import run  # noqa: PLC0415

    # What was made at start stays to the end; the collector need not look at it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    # A database thread that waits for its turn would otherwise wait 5 ms for each answer.
    sys.setswitchinterval(0.0005)
    asyncio.run(run(settings, only))
    return DONE


def _let_go_of_stdout() -> None:
    """Keep Python from writing once more, at its end, what could not be written."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
