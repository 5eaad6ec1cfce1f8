from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.metrics import Metrics
from bot.watch import PATIENCE, Watch
from handlers.office import Office
from storage.database import Store
from tests.conftest import Hands
from tests.spine.service import Post
from tests.transcript import Talk, talking


class Troubled(Post):
    """A channel that is as the test says."""

    trouble = ""
    pending = 0


@pytest.fixture
async def talk(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    async with talking(store, office, hands) as one:
        yield one


def _watch(talk: Talk, channel: Troubled, metrics: Metrics | None = None) -> Watch:
    return Watch(talk.store, {channel.name: channel}, talk.hands, metrics or Metrics())


async def _looks(talk: Talk, watch: Watch, times: int) -> None:
    for _ in range(times):
        await watch.look()
        talk.hands.now += timedelta(minutes=1)
        await talk.settle()


async def test_a_trouble_that_stays_is_told_to_every_administrator_once_a_day(talk: Talk) -> None:
    admins = [await talk.official("admin", name=name) for name in ("Lan", "Mai")]
    officer = await talk.official("officer")
    channel = Troubled("telegram")
    channel.trouble = "7 messages wait at Telegram: 503"
    await _looks(talk, _watch(talk, channel), 30)
    for admin in admins:
        (told,) = admin.new()
        assert "Telegram" in told
        assert "503" in told
    assert officer.new() == []
    # After a restart it is the same trouble of the same day.
    await _looks(talk, _watch(talk, channel), 15)
    assert admins[0].new() == []
    talk.hands.move(days=1)
    await _looks(talk, _watch(talk, channel), 15)
    assert len(admins[0].new()) == 1


async def test_a_trouble_that_passes_wakes_nobody(talk: Talk) -> None:
    admin = await talk.official("admin")
    channel = Troubled("telegram")
    watch = _watch(talk, channel)
    for _ in range(4):
        channel.trouble = "no route"
        await _looks(talk, watch, PATIENCE // timedelta(minutes=1) - 1)
        channel.trouble = ""
        await _looks(talk, watch, 1)
    assert admin.new() == []


async def test_the_counters_show_how_a_channel_is(talk: Talk) -> None:
    channel, metrics = Troubled("telegram"), Metrics()
    channel.trouble, channel.pending = "no route", 7
    await _looks(talk, _watch(talk, channel, metrics), 1)
    told = metrics.text().decode()
    assert 'channel_listens{channel="telegram"} 0.0' in told
    assert 'messages_waiting_outside{channel="telegram"} 7.0' in told
