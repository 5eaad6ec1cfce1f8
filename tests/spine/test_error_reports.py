"""What a Sentry server is told: an emulated one takes it, another process tells it."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
SECRET = "a-secret-of-ours"
START = f"""
import logging, structlog
from bot.error_reports import ErrorReports
from bot.logs import SERVICE, set_up
set_up(["{SECRET}"], SERVICE, ErrorReports(DSN, "https://chat.xa.example.vn"))
log, library = structlog.get_logger("ours"), logging.getLogger("library")
def fail(phone):
    raise ValueError(f"cannot call {{phone}}")
"""

FAILURE = """
try:
    fail("0912345678")
except ValueError:
    LOG.exception("the turn failed")
"""


class Collector:
    """Takes what is told, as a Sentry server does: envelopes, each a few lines of JSON."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                zipped = self.headers.get("Content-Encoding") == "gzip"
                collector.bodies.append((gzip.decompress(body) if zipped else body).decode())
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_told: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dsn = f"http://key@127.0.0.1:{self._server.server_port}/1"
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events of all envelopes."""
        lines = [json.loads(line) for body in self.bodies for line in body.splitlines() if line]
        return [line for line in lines if "message" in line]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    one = Collector()
    yield one
    one.close()


def told(collector: Collector, script: str, dsn: str = "") -> str:
    """Run a script whose errors are told; give what stood on stderr."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", f"DSN = {dsn or collector.dsn!r}\n{START}{script}"],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return done.stderr


@pytest.mark.parametrize("log", ["log", "library"])
def test_an_error_is_told_with_its_place_and_nobodys_words(collector: Collector, log: str) -> None:
    told(collector, FAILURE.replace("LOG", log))
    (event,) = collector.events
    assert event["message"].startswith("the turn failed: <string>.<module>:")
    assert event["message"].endswith("ValueError")
    assert (event["level"], event["server_name"]) == ("error", "chat.xa.example.vn")
    assert "0912345678" not in "".join(collector.bodies)


def test_what_is_told_beside_has_no_secret_and_names_the_message(collector: Collector) -> None:
    told(collector, f'log.error("not sent", inbox=7, url="https://x.example/{SECRET}")')
    (event,) = collector.events
    assert event["extra"]["inbox"] == "7"
    assert SECRET not in "".join(collector.bodies)


def test_what_is_no_error_is_told_to_nobody(collector: Collector) -> None:
    said = told(collector, 'log.info("started"); log.warning("slow")')
    assert "slow" in said
    assert collector.bodies == []


def test_one_fault_is_one_issue_whatever_else_its_line_says(collector: Collector) -> None:
    told(collector, "for n in (1, 2):\n    log.error('not sent', inbox=n)\nlog.error('other')")
    prints = [tuple(event["fingerprint"]) for event in collector.events]
    assert len(prints) == 3
    assert len(set(prints)) == 2


def test_a_server_that_is_away_holds_nobody_up_and_the_log_says_so(collector: Collector) -> None:
    first, *others = told(
        collector, 'log.error("not sent")', "http://key@127.0.0.1:9/1"
    ).splitlines()
    assert "not sent" in first
    assert others
    assert all("logger=urllib3" in line and "level=warning" in line for line in others)


def test_a_record_that_has_no_form_raises_nothing(collector: Collector) -> None:
    told(collector, 'library.error("%d", "x"); log.error("not sent")')
    assert [event["message"] for event in collector.events] == ["not sent"]
