"""The Caddyfile before the real service, with a certificate of Caddy's own."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from tests.running import ROOT, free_port, running

CADDY = shutil.which("caddy")
pytestmark = pytest.mark.skipif(CADDY is None, reason="needs Debian's package caddy")

OPTIONS = """{{
	admin off
	http_port {http}
	https_port {https}
	skip_install_trust
	storage file_system {folder}
}}
import {file}
"""
"""A trial takes no port and no trust of the machine's own."""


@dataclass(frozen=True)
class Secured:
    """The service behind Caddy."""

    url: str
    trust: ssl.SSLContext


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[Secured]:
    assert CADDY is not None
    http, https = free_port(), free_port()
    config, kept = tmp_path / "Caddyfile", tmp_path / "kept"
    file = ROOT / "deploy" / "Caddyfile"
    config.write_text(OPTIONS.format(http=http, https=https, folder=kept, file=file))
    url = f"https://localhost:{https}"
    settings = {"BOT_PUBLIC_URL": url, "BOT_TRUSTED_PROXIES": "127.0.0.1"}
    async with running(tmp_path / "var", settings) as service:
        environment = {
            "HOME": str(tmp_path),
            "ADDRESS": "localhost",
            "TLS": "internal",
            "UPSTREAM": f"127.0.0.1:{service.port}",
        }
        caddy = await asyncio.create_subprocess_exec(
            CADDY, "run", "--config", str(config), "--adapter", "caddyfile",
            env=environment, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Secured(url, await _trust(kept, https, caddy))
        finally:
            caddy.terminate()
            await caddy.wait()


async def _trust(kept: Path, port: int, caddy: asyncio.subprocess.Process) -> ssl.SSLContext:
    """Wait until Caddy has made its authority and listens; trust it."""
    root = kept / "pki" / "authorities" / "local" / "root.crt"
    async with asyncio.timeout(30):
        while True:
            assert caddy.returncode is None
            try:
                trust = ssl.create_default_context(cafile=str(root))
                # At first it has no certificate to show.
                _, writer = await asyncio.open_connection("localhost", port, ssl=trust)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            return trust


async def test_people_reach_pages_and_chat_over_https_and_the_watch_stays_inside(
    secured: Secured,
) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=secured.trust)) as session:
        async with session.get(f"{secured.url}/chat") as page:
            assert page.status == 200
            assert "max-age" in page.headers["Strict-Transport-Security"]
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
            cookie = page.headers["Set-Cookie"]
            assert "Secure" in cookie
            assert "HttpOnly" in cookie
        async with session.ws_connect(
            f"{secured.url}/chat/ws", origin=secured.url, heartbeat=None
        ) as talk:
            await talk.send_json({"id": "1", "text": "xin chào"})
            async with asyncio.timeout(30):
                while "text" not in await talk.receive_json():
                    pass
        for inside in ("/metrics", "/demo", "/demo/desk"):
            async with session.get(secured.url + inside) as hidden:
                assert hidden.status == 404
        # Either the proxy's limit is met, or the service's own, which is far tighter here.
        async with session.post(
            f"{secured.url}/webhooks/zalo", data=BytesIO(b"x" * 12_000_000)
        ) as large:
            assert large.status in {404, 413, 502}
