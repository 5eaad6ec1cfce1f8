"""What an administrator does: starts the service, invites, reads figures on the command line."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.running import command

Json = Any
"""What a command printed as JSON; a test looks into it by name."""


class Administrator:
    """Somebody at the command line, beside the running service.

    Args:
        folder: BOT_VAR_DIR.
        settings: the other settings, as the service has them.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder, self.settings = folder, dict(settings)

    async def runs(self, *arguments: str) -> str:
        """Run a command that must succeed; give what it printed."""
        code, out, err = await command(self.folder, *arguments, **self.settings)
        assert code == 0, err
        assert err == "", err
        return out

    async def invites(self, role: str, name: str, unit: str = "") -> str:
        """Invite an official; give the code."""
        where = ("--unit", unit) if unit else ()
        out = await self.runs("invite", "--role", role, "--name", name, *where)
        found = re.fullmatch(r"code: ([0-9A-HJKMNP-TV-Z]{8})\n", out)
        assert found, out
        return found[1]

    async def report(self, period: str = "") -> Json:
        """Give the report of a period."""
        named = ("--period", period) if period else ()
        return json.loads(await self.runs("report", *named, "--format", "json"))

    async def tickets(self, code: str = "") -> Json:
        """Give the tickets, all or one."""
        return json.loads(
            await self.runs("tickets", *((code,) if code else ()), "--format", "json")
        )
