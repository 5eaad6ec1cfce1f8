"""Whether the kept counts of yesterday, which reports read, are those of its evidence."""

from collections.abc import AsyncIterator
from datetime import timedelta

from bot.findings import Finding, ok, wrong
from bot.service import Ground
from messages.text import _
from storage.evidence import day_of, miscounted


async def counted_anew(ground: Ground) -> AsyncIterator[Finding]:
    """Count yesterday's evidence anew, and tell each kept count that differs."""
    yesterday = day_of(ground.clock() - timedelta(days=1))
    async with ground.store.reading() as connection:
        differing = await miscounted(connection, yesterday)
    for one in differing:
        yield wrong(
            _(
                "{day}, {kind}: {kept} kept (sum {kept_sum}), {counted} counted anew "
                "(sum {counted_sum}). Reports read what is kept: compare it with a backup.",
                day=yesterday,
                kind=f"{one.kind} {one.unit}".rstrip(),
                kept=one.kept.count,
                kept_sum=one.kept.total,
                counted=one.counted.count,
                counted_sum=one.counted.total,
            )
        )
    if not differing:
        yield ok(_("The kept counts of {day} are those of its evidence.", day=yesterday))
