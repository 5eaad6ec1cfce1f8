"""Logs, looked at from outside: a process writes them, the test reads what stood on stderr."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOKEN = "123456:AAbb-Cc_dd"
SECRET = 'quote" and \\ and \n line'
SECRETS = f"{TOKEN!r}, {SECRET!r}, 'abc'"
ROOT = Path(__file__).parent.parent.parent

START = f"""
import logging, structlog
from bot.logs import set_up, where
set_up([{SECRETS}])
token, secret = {TOKEN!r}, {SECRET!r}
log, library = structlog.get_logger("ours"), logging.getLogger("library")
class Holder:
    def __init__(self, what): self.what = what
    def __repr__(self): return f"Holder({{self.what}})"
    __str__ = __repr__
"""


def _logged(script: str) -> list[str]:
    """Run a script after the set-up; give the lines of its stderr."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", START + script],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


WAYS = {
    "event": "log.info(f'went to {X}')",
    "value": "log.info('went', url=f'https://example.vn/bot{X}/send')",
    "in a list": "log.info('went', parts=['a', X])",
    "in a mapping": "log.info('went', headers={'token': X})",
    "in an object": "log.info('went', request=Holder(X))",
    "in bytes": "log.info('went', body=X.encode())",
    "bound": "log.bind(key=X).warning('went')",
    "context": "structlog.contextvars.bind_contextvars(key=X); log.info('went')",
    "argument": "log.info('went to %s', X)",
    "library's argument": "library.warning('went to %s', X)",
    "library's mapping": "library.warning('went to %(u)s', {'u': X})",
    "library's extra": "library.warning('went', extra={'url': X, 'other': [X]})",
    "exception": "try: raise ValueError(f'no {X}')\nexcept ValueError: log.exception('failed')",
    "cause": """
try:
    try: raise KeyError(X)
    except KeyError as error: raise ValueError('outer') from error
except ValueError: log.exception('failed')""",
    "library's exception": """
try: raise ValueError(f'no {X}')
except ValueError: library.exception('failed')""",
    "note": """
try:
    error = ValueError('no'); error.add_note(X); raise error
except ValueError: log.exception('failed')""",
}


@pytest.fixture(scope="module")
def logged() -> dict[str, str]:
    """What each way of logging left on stderr, by way and secret; one process for all."""
    script = ["import sys"]
    for name in ("token", "secret"):
        for way, code in WAYS.items():
            script += [f"print({f'### {name} {way}'!r}, file=sys.stderr)", f"X = {name}", code]
            script.append("structlog.contextvars.clear_contextvars()")
    found: dict[str, str] = {}
    key = ""
    for line in _logged("\n".join(script)):
        if line.startswith("### "):
            key = line.removeprefix("### ")
            found[key] = ""
        else:
            found[key] += line + "\n"
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["token", "secret"])
def test_a_secret_is_in_no_log_however_it_got_there(
    logged: dict[str, str], name: str, way: str
) -> None:
    said = logged[f"{name} {way}"]
    assert said.count("\n") == 1, said
    # An exception is told without any of its words.
    assert "…" in said or "error=" in said
    for piece in ("AAbb-Cc_dd", 'quote"', "and \\", "line"):
        assert piece not in said.replace("lineno", "").replace(", line ", ""), said


def test_what_is_too_short_to_be_a_secret_does_not_cut_ordinary_words() -> None:
    (line,) = _logged("log.info('the abc of it')")
    assert "the abc of it" in line


def test_an_event_is_one_line_whatever_stands_in_it() -> None:
    lines = _logged(
        r"""
log.info('one\ntwo', text='three\nlevel=error event="forged"')
library.warning('four\nfive %s', 'six\r\nseven')
try: raise ValueError('eight\nnine')
except ValueError: log.exception('failed')
"""
    )
    assert len(lines) == 3


def test_a_line_tells_time_level_and_the_message_in_hand() -> None:
    (line,) = _logged(
        "with structlog.contextvars.bound_contextvars(inbox_id=42): library.warning('slow')"
    )
    assert line.startswith("timestamp=")
    for part in ("level=warning", "event=slow", "inbox_id=42", "logger=library"):
        assert part in line


def test_where_something_failed_is_told_without_the_words_of_a_person() -> None:
    lines = _logged(
        """
def handler(): raise ValueError('ông Trần Văn Đỗ')
try: handler()
except ValueError as error: log.error('failed', error=where(error))
try: raise ExceptionGroup('ông Trần', [ValueError('Văn'), KeyError('Đỗ')])
except ExceptionGroup as error: log.error('failed', error=where(error))
"""
    )
    assert "ValueError" in lines[0]
    assert "handler" in lines[0]
    assert "ValueError" in lines[1]
    assert "KeyError" in lines[1]
    assert not any(word in "".join(lines) for word in ("Trần", "Văn", "Đỗ"))


def test_requests_are_not_told_line_by_line() -> None:
    lines = _logged("logging.getLogger('httpx').info('POST https://example.vn/x')")
    assert lines == []
