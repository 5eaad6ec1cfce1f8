import asyncio
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from messages.languages import ZONE
from storage import tables
from storage.database import Store
from storage.evidence import Evidence, day_of, miscounted, record, seal_days, verify
from storage.inbox import Inbox
from storage.reader import Reader
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.databases import opened
from tests.storage.acts import count, does, message, only, rows, turn

SHOWN = Evidence("guidance.shown", about="KS01", unit="ttpvhcc", place="nha-van-hoa-3")
RATED = Evidence("rating", about="PA2611-0001", value=4)
ALL_TIME = (date(2020, 1, 1), date(2030, 1, 1))


async def _past_days(store: Store, hands: Hands, days: int) -> None:
    """Write evidence on several days; the clock stands on the day after the last."""
    for _ in range(days):
        await does(store, hands, SHOWN, RATED)
        await does(store, hands, SHOWN)
        hands.move(days=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 23, 23, 59, 59, 999_999, ZONE), "2026-11-23"),
        (datetime(2026, 11, 24, 0, 0, 0, 0, ZONE), "2026-11-24"),
        (datetime.fromisoformat("2026-11-23T16:59:59.999+00:00"), "2026-11-23"),
        (datetime.fromisoformat("2026-11-23T17:00:00+00:00"), "2026-11-24"),
    ],
)
def test_a_day_is_one_of_viet_nam(moment: datetime, day: str) -> None:
    assert day_of(moment) == day


async def test_evidence_is_written_with_the_turn_and_tells_nobodys_name(
    store: Store, hands: Hands
) -> None:
    done = await does(store, hands, SHOWN, RATED, who="0912345678", name="Nguyễn Thị An")
    shown, rated = await rows(store, tables.evidence)
    assert (shown.kind, shown.about, shown.unit, shown.place, shown.value) == (
        "guidance.shown",
        "KS01",
        "ttpvhcc",
        "nha-van-hoa-3",
        None,
    )
    assert (rated.kind, rated.value, rated.channel, rated.day) == ("rating", 4, "web", "2026-11-23")
    assert shown.at == done.accepted_at.replace(
        microsecond=done.accepted_at.microsecond // 1000 * 1000
    )
    assert "0912345678" not in repr(shown)
    assert len(shown.person) == 16


async def test_a_pseudonym_is_the_same_for_one_person_and_another_for_another(
    store: Store, hands: Hands
) -> None:
    for who in ("an", "bình", "an"):
        await does(store, hands, SHOWN, who=who)
    first, second, third = (row.person for row in await rows(store, tables.evidence))
    assert first == third != second


async def test_counts_equal_the_rows_however_turns_were_committed(
    database: str, hands: Hands
) -> None:
    async with opened(database) as first, opened(database) as second:
        inboxes = [Inbox(store, hands) for store in (first, second)]
        for n in range(40):
            await inboxes[0].accept(message(f"person-{n}"))

        async def work(store: Store, inbox: Inbox, effects: list[Evidence]) -> None:
            while claimed := await inbox.claim(3):
                done = [turn(c, *effects[: c.id % 3 + 1]) for c in claimed]
                assert not await finish(store, done)

        effects = [SHOWN, RATED, Evidence("rating", unit="vp", value=2)]
        await asyncio.gather(
            *(work(s, i, effects) for s, i in zip((first, second), inboxes, strict=True))
        )
        counted: Counter[tuple[str, str, str]] = Counter()
        totals: Counter[tuple[str, str, str]] = Counter()
        for row in await rows(first, tables.evidence):
            counted[row.day, row.kind, row.unit] += 1
            totals[row.day, row.kind, row.unit] += row.value or 0
        kept = await rows(first, tables.evidence_counts)
        assert {(r.day, r.kind, r.unit): r._mapping["count"] for r in kept} == dict(counted)
        assert {(r.day, r.kind, r.unit): r.total for r in kept} == dict(totals)


async def test_tallies_add_up_days_and_units_both_ends_included(store: Store, hands: Hands) -> None:
    await _past_days(store, hands, 4)
    await does(store, hands, Evidence("rating", unit="vp", value=1))
    read = Reader(store)
    some = await read.tallies(date(2026, 11, 24), date(2026, 11, 25))
    assert (some["guidance.shown"].count, some["rating"].count, some["rating"].total) == (4, 2, 8)
    every = await read.tallies(*ALL_TIME)
    assert (every["rating"].count, every["rating"].total) == (5, 17)
    assert await read.tallies(date(2025, 1, 1), date(2025, 12, 31)) == {}
    shown_on = [date(2026, 11, 23) + timedelta(days=n) for n in range(4)]
    assert await read.days_of("guidance.shown", *ALL_TIME) == set(shown_on)
    assert await read.days_of("guidance.shown", shown_on[1], shown_on[2]) == set(shown_on[1:3])


async def test_what_was_no_turn_is_recorded_and_counted_too(store: Store, hands: Hands) -> None:
    await record(store, SHOWN, now=hands(), channel="web")
    (row,) = await rows(store, tables.evidence)
    assert (row.kind, row.channel) == ("guidance.shown", "web")
    assert (await Reader(store).tallies(*ALL_TIME))["guidance.shown"].count == 1


async def test_each_past_day_is_sealed_once_and_in_order(store: Store, hands: Hands) -> None:
    await _past_days(store, hands, 3)
    assert await seal_days(store, hands()) == 3
    seals = await rows(store, tables.evidence_seals)
    assert [(seal.day, seal.rows) for seal in seals] == [
        ("2026-11-23", 3),
        ("2026-11-24", 3),
        ("2026-11-25", 3),
    ]
    assert len({seal.seal for seal in seals}) == 3
    assert await seal_days(store, hands()) == 0
    assert await rows(store, tables.evidence_seals) == seals
    assert await verify(store, *ALL_TIME) == []


async def test_sealing_day_by_day_comes_to_the_same_as_sealing_later(
    database: str, made_databases: object, hands: Hands
) -> None:
    async with opened(database) as store:
        for _ in range(3):
            await _past_days(store, hands, 1)
            assert await seal_days(store, hands()) == 1
        daily = [seal.seal for seal in await rows(store, tables.evidence_seals)]
        await store.write(lambda c: c.execute(tables.evidence_seals.delete()))
        assert await seal_days(store, hands()) == 3
        assert [seal.seal for seal in await rows(store, tables.evidence_seals)] == daily


async def test_two_processes_that_seal_at_once_make_one_seal(database: str, hands: Hands) -> None:
    async with opened(database) as first, opened(database) as second:
        await _past_days(first, hands, 3)
        now = hands()
        await asyncio.gather(*(seal_days(store, now) for store in (first, second) * 3))
        assert await count(first, tables.evidence_seals) == 3
        assert await verify(first, *ALL_TIME) == []


async def test_today_is_not_sealed(store: Store, hands: Hands) -> None:
    await does(store, hands, SHOWN)
    assert await seal_days(store, hands()) == 0


async def test_a_day_is_not_sealed_while_a_message_of_it_is_still_to_be_handled(
    store: Store, hands: Hands
) -> None:
    await does(store, hands, SHOWN)
    inbox = Inbox(store, hands)
    await inbox.accept(message("an"))
    # The service was stopped in the evening and starts in the morning; the clock is quicker.
    hands.move(days=1)
    assert await seal_days(store, hands()) == 0
    claimed = await only(inbox)
    assert await seal_days(store, hands()) == 0
    assert not await finish(store, [turn(claimed, SHOWN)])
    assert await seal_days(store, hands()) == 1
    (seal,) = await rows(store, tables.evidence_seals)
    assert seal.rows == 2
    assert await verify(store, *ALL_TIME) == []


@pytest.mark.parametrize("ahead", [1, 3])
async def test_a_clock_that_was_ahead_breaks_no_seal(
    store: Store, hands: Hands, ahead: int
) -> None:
    await does(store, hands, SHOWN)
    # A clock that a battery lost is a day ahead until the network puts it right.
    hands.move(days=ahead)
    await does(store, hands, SHOWN)
    assert await seal_days(store, hands()) == 1
    hands.move(days=-ahead)
    late = await does(store, hands, SHOWN, RATED)
    await record(store, SHOWN, now=hands(), channel="web")
    assert await verify(store, *ALL_TIME) == []
    *_, rated, shown = await rows(store, tables.evidence)
    assert (rated.day, shown.day) == ("2026-11-24", "2026-11-24")
    assert abs(rated.at - late.accepted_at) < timedelta(milliseconds=1)
    hands.move(days=ahead + 1)
    await seal_days(store, hands())
    assert await verify(store, *ALL_TIME) == []
    counted = sum(row.rows for row in await rows(store, tables.evidence_seals))
    assert counted == len(await rows(store, tables.evidence)) == 5


async def test_a_day_is_not_sealed_in_the_minutes_after_its_end(store: Store, hands: Hands) -> None:
    await does(store, hands, SHOWN)
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=ZONE)
    assert await seal_days(store, midnight + timedelta(minutes=1)) == 0
    assert await seal_days(store, midnight + timedelta(minutes=11)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "guidance.scanned"},
        {"at": datetime(2026, 11, 24, 3, tzinfo=ZONE)},
        {"about": "KS02"},
        {"channel": "zalo"},
        {"person": "0" * 16},
        {"unit": "vp"},
        {"place": "elsewhere"},
        {"value": 5},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_row_breaks_the_seal_of_its_day(
    store: Store, hands: Hands, change: dict[str, object]
) -> None:
    await _past_days(store, hands, 3)
    await seal_days(store, hands())
    table = tables.evidence
    # The fourth row is the first of the second day.
    await store.write(lambda c: c.execute(table.update().where(table.c.id == 4).values(**change)))
    assert [day for day, _ in await verify(store, *ALL_TIME)] == ["2026-11-24"]
    assert await verify(store, date(2026, 11, 25), date(2026, 12, 1)) == []


async def test_a_deleted_row_breaks_the_seal_of_its_day(store: Store, hands: Hands) -> None:
    await _past_days(store, hands, 3)
    await seal_days(store, hands())
    table = tables.evidence
    await store.write(lambda c: c.execute(table.delete().where(table.c.id == 4)))
    assert await verify(store, *ALL_TIME) == [("2026-11-24", "2 rows, 3 were sealed")]


async def test_a_row_moved_to_another_day_breaks_both(store: Store, hands: Hands) -> None:
    await _past_days(store, hands, 3)
    await seal_days(store, hands())
    table = tables.evidence
    await store.write(
        lambda c: c.execute(table.update().where(table.c.id == 4).values(day="2026-11-25"))
    )
    assert [day for day, _ in await verify(store, *ALL_TIME)] == ["2026-11-24", "2026-11-25"]


async def test_a_row_put_into_a_past_day_that_had_none_is_found(store: Store, hands: Hands) -> None:
    await _past_days(store, hands, 1)
    hands.move(days=1)
    await _past_days(store, hands, 1)
    await seal_days(store, hands())
    forged = {"day": "2026-11-24", "at": datetime(2026, 11, 24, 9, tzinfo=ZONE), "person": ""}
    forged |= {"kind": SHOWN.kind, "channel": "web", "about": "", "unit": "", "place": ""}
    await store.write(lambda conn: conn.execute(tables.evidence.insert().values(**forged)))
    assert [day for day, _ in await verify(store, *ALL_TIME)] == ["2026-11-24"]


async def test_a_day_forged_together_with_its_seal_breaks_the_next(
    store: Store, hands: Hands
) -> None:
    await _past_days(store, hands, 3)
    await seal_days(store, hands())
    table, seals = tables.evidence, tables.evidence_seals
    await store.write(lambda c: c.execute(table.delete().where(table.c.day == "2026-11-24")))
    await store.write(lambda c: c.execute(seals.delete().where(seals.c.day == "2026-11-24")))
    assert [day for day, _ in await verify(store, *ALL_TIME)] == ["2026-11-25"]


async def test_counts_that_were_changed_are_found(store: Store, hands: Hands) -> None:
    # The score is computed from the counts, so they must be those of the sealed rows.
    await _past_days(store, hands, 2)
    await seal_days(store, hands())
    table = tables.evidence_counts
    await store.write(
        lambda c: c.execute(table.update().where(table.c.kind == "rating").values(total=50))
    )
    assert [day for day, _ in await verify(store, *ALL_TIME)] == ["2026-11-23", "2026-11-24"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": 2}, ("rating", "", (2, 4), (1, 4))),
        ({"total": 50}, ("rating", "", (1, 50), (1, 4))),
        ({"unit": "vp"}, ("rating", "vp", (1, 4), (0, 0))),
    ],
    ids=["count", "sum", "unit"],
)
async def test_a_day_is_counted_anew_and_each_count_that_differs_is_named(
    store: Store, hands: Hands, change: dict[str, object], told: tuple[object, ...]
) -> None:
    await _past_days(store, hands, 2)
    async with store.reading() as connection:
        assert await miscounted(connection, "2026-11-24") == []
    table = tables.evidence_counts
    its = (table.c.kind == "rating") & (table.c.day == "2026-11-24")
    await store.write(lambda c: c.execute(table.update().where(its).values(**change)))
    async with store.reading() as connection:
        assert await miscounted(connection, "2026-11-23") == []
        *_, last = await miscounted(connection, "2026-11-24")
    kept, counted = last.kept, last.counted
    assert (last.kind, last.unit) == told[:2]
    assert ((kept.count, kept.total), (counted.count, counted.total)) == told[2:]


async def test_rows_that_were_never_counted_are_named(store: Store, hands: Hands) -> None:
    await _past_days(store, hands, 1)
    table = tables.evidence_counts
    await store.write(lambda c: c.execute(table.delete().where(table.c.kind == "guidance.shown")))
    async with store.reading() as connection:
        (one,) = await miscounted(connection, "2026-11-23")
    assert (one.kind, one.unit, one.kept.count, one.counted.count) == (
        "guidance.shown",
        "ttpvhcc",
        0,
        2,
    )
