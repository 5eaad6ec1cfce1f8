"""The page behind a poster's code under load, and webhooks while tables are imported beside."""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import load
from benchmarks.dossiers import ROWS, make_export
from benchmarks.programs import ROOT, Row, folder, percentile, service, tell
from handlers.search import load as catalogue_in

PAGES, PAGES_A_SECOND = 4000, 200
WEBHOOKS_A_SECOND = 50
IMPORTS = 10
"""How often the catalogue is imported: once is over too soon to be measured."""

MOST = 100_000


def rows(platform: int) -> list[Row]:
    """Measure pages alone, and webhooks beside each import."""
    return [_pages(platform), *_beside_imports(platform)]


def _pages(platform: int) -> Row:
    codes = sorted(one.guide for one in catalogue_in(ROOT / "commune").procedures)
    outcome = load.Outcome()
    with folder() as place, service(platform, place) as (port, _):

        def page(number: int) -> bytes:
            return load.page(f"/q/{codes[number % len(codes)]}?place=cho-lang")

        asyncio.run(load.flood(port, [page(number) for number in range(200)]))
        asyncio.run(
            load.drip(
                port,
                page,
                first=0,
                count=PAGES,
                per_second=PAGES_A_SECOND,
                outcome=outcome,
            )
        )
    tell(outcome)
    median, slowest = statistics.median(outcome.waits), percentile(outcome.waits, 99)
    return (
        f"`/q/CODE` at {PAGES_A_SECOND}/s, each counted, p50 / p99",
        f"{median * 1000:.1f} / {slowest * 1000:.1f} ms",
        "(goal: p99 below 15 ms)",
    )


def _beside_imports(platform: int) -> list[Row]:
    told = []
    with folder() as place:
        commune = place / "commune"
        shutil.copytree(ROOT / "commune", commune)
        table = place / "procedures.csv"
        shutil.copy(commune / "procedures.csv", table)
        export = place / "export.xlsx"
        make_export(export, ROWS)
        for title, arguments, times in (
            (f"{IMPORTS} imports of the catalogue", ("procedures", "import", table), IMPORTS),
            (f"an import of {ROWS:,} dossiers", ("dossiers", "import", export), 1),
        ):
            waits = _webhooks(platform, place / title.split()[-1], commune, arguments, times)
            median, slowest = statistics.median(waits) * 1000, percentile(waits, 99) * 1000
            told.append(
                (
                    f"webhooks at {WEBHOOKS_A_SECOND}/s beside {title} by command, p50 / p99",
                    f"{median:.0f} / {slowest:.0f} ms",
                    "(goal: p99 below 200 ms)",
                )
            )
    return told


def _webhooks(
    platform: int, var: Path, commune: Path, arguments: tuple[str | Path, ...], times: int
) -> list[float]:
    """Give how long each webhook waited while a command ran so many times beside the service."""
    settings = {"BOT_COMMUNE_DIR": str(commune)}
    outcome = load.Outcome()
    with service(platform, var, **settings) as (port, _):
        asyncio.run(load.flood(port, [load.zalo(number) for number in range(100)]))
        asyncio.run(_beside(port, var, settings, arguments, times, outcome))
    tell(outcome)
    return outcome.waits


async def _beside(
    port: int,
    var: Path,
    settings: dict[str, str],
    arguments: tuple[str | Path, ...],
    times: int,
    outcome: load.Outcome,
) -> None:
    running = asyncio.create_task(_command(var, settings, arguments, times))
    await load.drip(
        port,
        load.zalo,
        first=1000,
        count=MOST,
        per_second=WEBHOOKS_A_SECOND,
        outcome=outcome,
        ended=running.done,
    )
    await running


async def _command(
    var: Path, settings: dict[str, str], arguments: tuple[str | Path, ...], times: int
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    for _ in range(times):
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *map(str, arguments)),
            cwd=ROOT,
            env={**clean, **settings, "BOT_VAR_DIR": str(var)},
            stdout=subprocess.DEVNULL,
        )
        if await command.wait():
            raise SystemExit(f"{arguments} was refused")
