"""Flood limits: 30 messages a second, 1 to a chat, 20 a minute to a group.

Bots FAQ, "My bot is hitting limits, how do I avoid this?".
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass, field

from tests.emulators.telegram.refusals import too_many
from tests.emulators.wire import Clock

# A client that keeps one second by its own clock may seem a little early on ours.
SECOND = 0.95
MINUTE = 59.5


@dataclass(slots=True)
class Pace:
    """The limits in force: as written; the real ones are softer for short bursts."""

    overall: int = 30
    private: int = 1
    group: int = 20
    _sent: deque[float] = field(default_factory=deque)
    _to: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _shut_until: dict[int, float] = field(default_factory=dict)

    def count(self, clock: Clock, chat_id: int, messages: int = 1) -> None:
        """Counts messages to a chat; raises 429 when they are too many."""
        now = clock.now().timestamp()
        if self._shut_until.get(chat_id, 0.0) > now:
            # Who writes on while shut out does not get in sooner.
            raise too_many(math.ceil(self._shut_until[chat_id] - now))
        window, most = (MINUTE, self.group) if chat_id < 0 else (SECOND, self.private)
        mine = self._to[chat_id]
        _forget(mine, now - window)
        _forget(self._sent, now - SECOND)
        if len(mine) >= most:
            wait = max(1, math.ceil(mine[0] + window - now))
            self._shut_until[chat_id] = now + wait * SECOND
            raise too_many(wait)
        if len(self._sent) >= self.overall:
            raise too_many(1)
        mine.extend([now] * messages)
        self._sent.extend([now] * messages)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
