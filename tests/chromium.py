"""Chromium from the system, and how it is started without asking anybody else."""

import os
import shutil
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from playwright.async_api import Browser

PROGRAM = next(
    (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path),
    None,
)
"""Where it is installed, None where it is not."""

LEFT_OUT = PROGRAM is None and os.environ.get("REQUIRE_BROWSER") != "1"
"""Whether browser tests are skipped; where one is required they fail without it."""

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)

needs_chromium = pytest.mark.skipif(
    LEFT_OUT, reason="needs Debian's package chromium (apt-get install chromium)"
)

beside_chromium = pytest.mark.asyncio(loop_scope="session")
"""For tests that take `chromium`: they run on the loop on which it was started."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> "AsyncIterator[Browser]":
    """One browser for all tests of a process, for its start costs more than most of them.

    Each test opens a context of its own, which shares nothing with another.
    """
    from playwright.async_api import async_playwright  # noqa: PLC0415 - not for tests without it

    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=PROGRAM, args=list(FLAGS))
        yield started
        await started.close()
