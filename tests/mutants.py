"""Changes the program in small ways, one at a time, and counts what no test sees.

`python -m tests.mutants [TARGET…]`, as `make mutants` does; needs mutmut. Each target is changed in
a copy of its own below `mutants/`, with its own tests and few examples of each property.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = ("bot", "handlers", "messages", "scoring", "storage", "commune", "tests", "docs")
NEEDED = ("bot", "handlers", "messages", "scoring", "storage", "commune", "docs")
LINE = re.compile(r"^\s+\S+__mutmut_\d+: (\w[\w ]*)$", re.MULTILINE)

TARGETS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "split": (("bot/channels/split.py",), ("tests/channels/test_split.py",)),
    "deadlines": (("handlers/deadlines.py",), ("tests/commune/test_deadlines.py",)),
    "signature": (
        ("bot/channels/zalo/webhook.py",),
        ("tests/channels/zalo/test_zalo_webhook.py",),
    ),
    "importer": (
        ("handlers/dossier_rows.py", "handlers/dossier_columns.py"),
        ("tests/dossiers/test_import_properties.py", "tests/dossiers/test_files.py"),
    ),
    "scoring": (
        ("scoring/scorecard.py", "scoring/measures.py", "scoring/periods.py"),
        (
            "tests/scoring/test_scorecard.py",
            "tests/scoring/test_measures.py",
            "tests/scoring/test_periods.py",
        ),
    ),
}


def settings(changed: tuple[str, ...], tests: tuple[str, ...]) -> str:
    """Write what mutmut reads of pyproject.toml."""
    lists = {
        "paths_to_mutate": changed,
        "also_copy": NEEDED,
        "pytest_add_cli_args_test_selection": tests,
    }
    lines = [
        f"{name} = [{', '.join(f'{one!r}' for one in values)}]" for name, values in lists.items()
    ]
    return "\n".join(("", "[tool.mutmut]", *lines, ""))


def run(name: str) -> None:
    """Change one target, and print how many changes were seen and which were not."""
    folder = ROOT / "mutants" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for part in COPIED:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    told = (ROOT / "pyproject.toml").read_text("utf-8") + settings(*TARGETS[name])
    (folder / "pyproject.toml").write_text(told, "utf-8")
    program = [sys.executable, "-m", "mutmut"]
    environment = {**os.environ, "EXAMPLES": "10"}
    with (folder / "log").open("wb") as log:
        subprocess.run(  # noqa: S603 - our own words
            [*program, "run"], cwd=folder, env=environment, stdout=log, stderr=log, check=False
        )
    found = subprocess.run(  # noqa: S603 - our own words
        [*program, "results", "--all", "true"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    counted = Counter(LINE.findall(found))
    print(f"{name}: {counted['killed'] + counted['timeout']} of {counted.total()} seen")  # noqa: T201 - the result
    print("\n".join(line for line in found.splitlines() if line.endswith("survived")))  # noqa: T201


for target in sys.argv[1:] or TARGETS:
    run(target)
