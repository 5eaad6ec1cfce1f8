"""Settings of a service that talks to the emulated Zalo."""

from typing import Any

from bot.settings import Settings
from tests.emulators.zalo import ZaloEmulator


def settings_for(zalo: ZaloEmulator, **more: object) -> Settings:
    given = {name.removeprefix("BOT_").lower(): value for name, value in zalo.environment().items()}
    values: dict[str, Any] = {"pacing": 100000.0, **given, **more}
    return Settings(_env_file=None, **values)
