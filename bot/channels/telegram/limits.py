"""What Telegram carries (core.telegram.org/bots/api, "Sending files", sendMessage)."""

from bot.channels.channel import Limits

MB = 1 << 20

LIMITS = Limits(
    text=4096,
    caption=1024,
    buttons=60,
    photo_bytes=10 * MB,
    file_bytes=50 * MB,
    fetch_bytes=20 * MB,
    can_edit=True,
)
"""Texts are counted in UTF-16 units, which is never less than what Telegram counts."""

ALBUM = 10
"""The most pictures that go together."""

KEYBOARD_BYTES = 10_000
"""The largest keyboard; Telegram says "reply markup is too long" beyond."""

CALLBACK_BYTES = 64
"""The longest key behind a button, in UTF-8."""

PER_SECOND = 29.5
PER_CHAT = 1.0
PER_GROUP = 20.0
"""Letters in any second in all (30 are allowed) and to one person, and in any minute to one group.

The first keeps two for a burst, so that 27.5 a second flow on.
"""
