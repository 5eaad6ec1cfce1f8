"""What stands in deploy/ is read by the programs it is for, and names what there is."""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics
from bot.outbox_worker import NAMES
from bot.pages.desk_forms import WHOLE_BYTES
from tests.running import ROOT

DEPLOY = ROOT / "deploy"
HOME = "/opt/than-thien"
UNITS = sorted(path.name for path in DEPLOY.glob("*.service"))
NEEDED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictSUIDSGID": "yes",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "User": "than-thien",
}
MOST_EXPOSED = 20
"""systemd's own figure in tenths: up to 2 is called OK, 9.6 is what a plain unit has."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="needs systemd's own systemd-analyze"
)


def _unit(name: str) -> configparser.ConfigParser:
    # A name may stand several times; the last is what the checks below look at.
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    read.optionxform = str  # type: ignore[assignment,method-assign] # names are told apart by case
    read.read_string((DEPLOY / name).read_text("utf-8"))
    return read


def _run(*typed: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own files
        typed,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_may_do_no_more_than_it_needs(name: str) -> None:
    service = _unit(name)["Service"]
    assert {key: service[key] for key in NEEDED} == NEEDED


def test_a_process_of_pictures_that_outgrows_the_memory_does_not_end_the_service() -> None:
    service = _unit("than-thien.service")["Service"]
    assert service["MemoryMax"] == "1G"
    assert service["OOMPolicy"] == "continue"


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_names_commands_settings_and_files_that_exist(name: str) -> None:
    text = (DEPLOY / name).read_text("utf-8")
    for path in re.findall(rf"{HOME}/([\w./-]+)", text):
        assert (ROOT / path).exists(), path
    # The settings stand in .env alone, so that commands find the same store as the service.
    assert "BOT_VAR_DIR=" not in text
    assert _unit(name)["Service"]["WorkingDirectory"] == HOME


@needs_systemd
@pytest.mark.parametrize("name", sorted(p.name for p in DEPLOY.glob("*.[st]*[re]")))
def test_systemd_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    for path in DEPLOY.iterdir():
        if path.suffix in {".service", ".timer"}:
            here = path.read_text("utf-8").replace(HOME, str(ROOT))
            (tmp_path / path.name).write_text(here, "utf-8")
    answer = _run("systemd-analyze", "verify", "--man=no", str(tmp_path / name))
    assert (answer.returncode, answer.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_calls_them_little_exposed(name: str) -> None:
    answer = _run(
        "systemd-analyze",
        "security",
        "--offline=yes",
        "--no-pager",
        f"--threshold={MOST_EXPOSED}",
        str(DEPLOY / name),
    )
    assert answer.returncode == 0, answer.stdout[-300:]


@needs_systemd
def test_the_timer_comes_every_night() -> None:
    timer = _unit("than-thien-backup.timer")["Timer"]
    answer = _run("systemd-analyze", "calendar", "--iterations=2", timer["OnCalendar"])
    assert answer.returncode == 0, answer.stderr
    assert "Next elapse" in answer.stdout


def _nightly(folder: Path, keep: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    return _run(
        "sh",
        "deploy/nightly-backup",
        BACKUP_FOLDER=str(folder),
        BACKUP_KEEP=keep,
        PYTHON=sys.executable,
        BOT_VAR_DIR=str(folder.parent / "var"),
    )


def test_each_night_leaves_the_newest_backups_and_what_is_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [f"than-thien-2026010{day}T021500.tar.gz" for day in range(1, 6)]
    for name in (*old, "notes.txt"):
        (folder / name).write_text("old")
    answer = _nightly(folder, "3")
    assert answer.returncode == 0, answer.stderr
    left = sorted(path.name for path in folder.iterdir())
    assert left[0] == "notes.txt"
    assert left[1:3] == old[-2:]
    assert len(left) == 4
    assert (folder / left[3]).stat().st_size > 1000


@pytest.mark.parametrize("keep", ["0", "-1", "many", ""])
def test_a_night_that_fails_deletes_nothing(tmp_path: Path, keep: str) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "than-thien-20260101T021500.tar.gz").write_text("old")
    (tmp_path / "var").write_text("in the way")
    answer = _nightly(folder, keep or "1")
    assert answer.returncode == 1
    assert [path.read_text() for path in folder.iterdir()] == ["old"]


def _exposed() -> dict[str, set[str]]:
    """Give what /metrics tells: the names and the labels of every sample."""
    metrics = Metrics()
    metrics.accepted.labels("web", "true").inc()
    metrics.worker_failures.labels("clock").inc()
    metrics.letters.labels("web", "sent").inc()
    metrics.sending.labels("web").observe(1)
    for gauge in (metrics.channel_up, metrics.channel_listens, metrics.waiting_outside):
        gauge.labels("web").set(1)
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _expressions() -> list[str]:
    rules = (DEPLOY / "prometheus-alerts.yml").read_text("utf-8")
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    asked = re.findall(r"^\s+expr: (.+)$", rules, re.MULTILINE)
    assert len(asked) >= 8
    assert len(shown) >= 8
    return asked + shown


FUNCTIONS = {"increase", "rate", "sum", "by", "histogram_quantile", "time", "up", "job"}


@pytest.mark.parametrize("expression", _expressions())
def test_dashboard_and_alerts_ask_for_nothing_that_metrics_does_not_tell(expression: str) -> None:
    exposed = _exposed()
    labels = set().union(*exposed.values())
    without_words = re.sub(r'"[^"]*"|\[\w+\]', "", expression)
    names = set(re.findall(r"[a-z_]+(?![a-z_]*\d)", without_words)) - FUNCTIONS
    assert names <= exposed.keys() | labels, expression
    assert names & exposed.keys() or "up{" in expression
    for fate in re.findall(r'fate="(\w+)"', expression):
        assert fate in NAMES.values()


def test_everything_that_metrics_tells_is_looked_at() -> None:
    asked = "\n".join(_expressions())
    for name in _exposed():
        if not name.endswith("_created"):
            assert name in asked, name


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    rules = (DEPLOY / "prometheus-alerts.yml").read_text("utf-8").split("      - alert: ")[1:]
    assert len(rules) >= 8
    for rule in rules:
        for word in ("expr:", "severity:", "summary:", "action:"):
            assert rule.count(word) == 1, rule


def test_no_panel_lies_on_another() -> None:
    panels = json.loads((DEPLOY / "grafana-dashboard.json").read_text("utf-8"))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [
        (place["x"] + column, place["y"] + row)
        for place in (panel["gridPos"] for panel in panels)
        for column in range(place["w"])
        for row in range(place["h"])
    ]
    assert len(set(taken)) == len(taken)
    assert max(column for column, _row in taken) < 24


def test_the_image_holds_what_the_service_imports_and_no_settings() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (\S+)", text, re.MULTILINE)
    assert set(copied) == {
        "requirements.lock", "bot", "handlers", "scoring", "storage", "messages", "commune",
    }  # fmt: skip
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)
    assert re.search(r"^USER \d+$", text, re.MULTILINE)
    assert "--require-hashes" in text


def test_the_composed_service_keeps_its_data_and_is_reached_over_caddy_alone() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    bot, caddy = text.partition("\n  caddy:")[0], text.partition("\n  caddy:")[2]
    assert "ports:" not in bot
    assert "443:443" in caddy
    assert "- var:/var/lib/than-thien" in bot
    known = (ROOT / ".env.example").read_text("utf-8")
    for setting in re.findall(r"^      (BOT_\w+):", bot, re.MULTILINE):
        assert f"\n{setting}=" in known
    subnet = re.search(r"subnet: (\S+)", text)
    assert subnet
    assert f"BOT_TRUSTED_PROXIES: {subnet[1]}" in bot
    for each in (bot, caddy):
        assert "cap_drop: [ALL]" in each
        assert "no-new-privileges:true" in each


def test_the_proxy_lets_through_what_the_desk_takes() -> None:
    (told,) = re.findall(r"max_size (\d+)MB", (ROOT / "deploy/Caddyfile").read_text("utf-8"))
    assert int(told) * 1_000_000 > WHOLE_BYTES
