"""What the console asks of a webhook's address before it saves it."""

from __future__ import annotations

import pytest

from tests.emulators.receiver import Receiver
from tests.emulators.zalo import ZaloEmulator


async def test_the_console_saves_an_address_only_when_its_probe_gets_200(
    zalo: ZaloEmulator, receiver: Receiver
) -> None:
    """Zalo OA sheet A1.1: the address is saved after an unsigned `{}` got 200."""
    receiver.statuses = [401]
    assert await zalo.webhook.saves(receiver.url) == "the probe got 401"
    assert zalo.webhook.url == ""
    assert await zalo.webhook.saves(receiver.url) == ""
    assert zalo.webhook.url == receiver.url
    assert [got.raw for got in receiver.received] == [b"{}", b"{}"]


@pytest.mark.parametrize("url", ["http://xa.example.vn/hook", "https://xa.example.vn:8443/hook"])
async def test_the_console_wants_https_and_a_domain_without_a_port(
    zalo: ZaloEmulator, url: str
) -> None:
    """Zalo OA sheet A0, 6."""
    zalo.webhook.loopback = False
    assert "HTTPS" in await zalo.webhook.saves(url)
    assert zalo.webhook.url == ""
