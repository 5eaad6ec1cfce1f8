"""The watch over channels: a trouble that stays is counted, and administrators hear of it."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.channels.channel import Channel
from bot.metrics import Metrics
from messages.languages import ZONE
from storage.alarms import alarm
from storage.clock import Clock
from storage.database import Store, StoreUnavailable
from storage.inbox import Inbox

log = structlog.get_logger(__name__)

EVERY = 15.0
"""Seconds between two looks."""

PATIENCE = timedelta(minutes=10)
"""So long a trouble may last before anybody is woken: most pass by themselves."""


class Watch:
    """Looks after channels.

    Args:
        store: the database.
        channels: by name.
        clock: tells for how long.
        metrics: shows how they are.
    """

    def __init__(
        self, store: Store, channels: Mapping[str, Channel], clock: Clock, metrics: Metrics
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._metrics = metrics
        self._since: dict[str, datetime] = {}
        self._told: set[str] = set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """See how each channel is, and tell of a trouble that has lasted too long."""
        now = self._clock()
        aside = await Inbox(self._store, self._clock).set_aside()
        self._metrics.set_aside.set(len(aside))
        for name, channel in self._channels.items():
            trouble = trouble_of(channel)
            self._metrics.channel_listens.labels(name).set(not trouble)
            self._metrics.waiting_outside.labels(name).set(getattr(channel, "pending", 0))
            if not trouble:
                self._since.pop(name, None)
                self._told.discard(name)
                continue
            since = self._since.setdefault(name, now)
            if now - since >= PATIENCE and name not in self._told:
                log.error("channel: trouble that stays", channel=name, reason=trouble)
                # Once a day, whether or not we or another process were started in between.
                day = now.astimezone(ZONE).date().isoformat()
                await alarm(self._store, name, day, trouble, now)
                self._told.add(name)


def trouble_of(channel: Channel) -> str:
    """Why a channel cannot do its work, "" while it can or does not say."""
    told: str = getattr(channel, "trouble", "")
    return told
