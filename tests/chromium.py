"""Chromium from the system, and how it is started without asking anybody else."""

import os
import shutil

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
)
