"""The service and the command as two processes, as on a commune's server."""

import asyncio
import sys
from pathlib import Path

import aiohttp

from bot.channels.zalo.consent import PATH
from tests.emulators.zalo import App, ZaloEmulator
from tests.running import ROOT, environment, free_port, running


async def parts(url: str) -> dict[str, str]:
    async with aiohttp.ClientSession() as session, session.get(f"{url}/healthz") as answer:
        told: dict[str, dict[str, str]] = await answer.json()
        return told["parts"]


async def until(url: str, zalo: str) -> None:
    """Wait until the health of the Zalo channel is this."""
    async with asyncio.timeout(20):
        while (await parts(url))["zalo"] != zalo:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


async def test_an_administrator_connects_a_running_service(tmp_path: Path) -> None:
    port = free_port()
    app = App(callback=f"http://127.0.0.1:{port}{PATH}")
    async with ZaloEmulator(app=app) as zalo:
        settings = {**zalo.environment(), "BOT_ZALO_REFRESH_TOKEN": "", "BOT_PORT": str(port)}
        settings["BOT_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
        async with running(tmp_path, settings, port=port) as service:
            zalo.webhook.url = f"{service.url}/webhooks/zalo"
            await until(service.url, "degraded")
            command = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "zalo", "connect"),
                cwd=ROOT,
                env=environment(tmp_path, **settings),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            assert command.stdout is not None
            lines = [(await command.stdout.readline()).decode().strip() for _ in range(4)]
            assert app.callback in lines
            async with (
                aiohttp.ClientSession() as browser,
                browser.get(lines[3]) as page,
            ):
                assert page.status == 200
                assert page.url.path == PATH
                assert "Zalo" in await page.text()
            out, err = await asyncio.wait_for(command.communicate(), 20)
            assert (command.returncode, err) == (0, b"")
            assert out.decode().strip()
            # At once, not only when the service would have looked again by itself.
            await until(service.url, "ok")
            citizen = zalo.citizen()
            await citizen.says("/help")
            await citizen.hears("/gopy", within=20)
        secrets = (zalo.grants.access_token, zalo.grants.refresh_token, app.app_secret)
        log = service.log.read_text("utf-8")
        assert not any(secret in log for secret in secrets)
    assert zalo.grants.refreshes == 0
