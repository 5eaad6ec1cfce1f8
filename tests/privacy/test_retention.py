"""Each kind of data goes after its days; what is counted stays, and what has no period too."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage import privacy_tables, tables
from storage.dossiers_tables import dossiers
from storage.erasure import erase_waiting
from storage.evidence import seal_days, verify
from storage.media import Media
from storage.report_tables import report_orders
from storage.retention import DUE, due, let_go
from tests.privacy.whole_life import SEALED_WORDS, WORDS, lived, mentions
from tests.storage.acts import count
from tests.transcript import Talk, code_in


def test_every_kind_of_the_commune_can_go(talk: Talk) -> None:
    assert talk.office.commune.retention.periods.keys() == DUE.keys()
    assert all(talk.office.commune.retention.periods.values())
    assert talk.office.commune.retention.mark


async def test_nothing_goes_before_its_time_nor_where_there_is_no_period(
    talk: Talk, kept: Media
) -> None:
    await lived(talk, kept)
    periods = talk.office.commune.retention.periods
    assert set((await due(talk.store, periods, talk.hands())).values()) == {0}
    talk.hands.move(days=40_000)
    assert await let_go(talk.store, kept, dict.fromkeys(periods), talk.hands()) == {}
    assert {mark for _place, mark in await mentions(talk.store, SEALED_WORDS)} >= {*WORDS[:3]}


async def test_a_dry_run_counts_what_then_goes(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    periods = talk.office.commune.retention.periods
    talk.hands.move(days=200)
    told = await due(talk.store, periods, talk.hands())
    assert told["messages"] > 0
    assert told["letters"] > 0
    assert (told["tickets"], told["people"], told["audit"]) == (0, 0, 0)
    assert await let_go(talk.store, kept, periods, talk.hands()) == told
    assert set((await due(talk.store, periods, talk.hands())).values()) == {0}
    assert all(path.exists() for path in life.photos)


async def test_after_all_periods_only_what_is_counted_is_left(talk: Talk, kept: Media) -> None:
    life = await lived(talk, kept)
    withdrawn = [one for one in await talk.read.all_tickets() if one.is_open]
    for ticket in withdrawn:
        await life.officer.says(f"/traloi {ticket.code} Xong rồi ạ.")
    talk.hands.move(days=1)
    await seal_days(talk.store, talk.hands())
    start, today = talk.hands().date().replace(month=1, day=1), talk.hands().date()
    before = await talk.read.tallies(start, today)
    states = [(one.code, one.state, one.rating) for one in await talk.read.all_tickets()]
    talk.hands.move(days=2000)
    periods = talk.office.commune.retention.periods
    gone = await let_go(talk.store, kept, periods, talk.hands())
    assert gone["tickets"] == len(states)
    assert gone["people"] == len(life.ids)
    assert await erase_waiting(talk.store, kept, talk.hands()) == len(life.ids)
    assert await mentions(talk.store, (*SEALED_WORDS, life.first.address.id)) == set()
    assert not any(path.exists() for path in life.photos)
    assert await talk.read.tallies(start, today) == before
    assert [(one.code, one.state, one.rating) for one in await talk.read.all_tickets()] == states
    assert await verify(talk.store) == []


async def test_an_open_ticket_is_kept_however_old(talk: Talk, kept: Media) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says(f"/gopy {WORDS[1]}"))
    talk.hands.move(days=5000)
    await let_go(talk.store, kept, talk.office.commune.retention.periods, talk.hands())
    await erase_waiting(talk.store, kept, talk.hands())
    assert (await talk.read.words(code))[0].text == WORDS[1]
    assert code in (await citizen.says("/phieu"))[-1]


@pytest.mark.parametrize(("days", "left"), [(10, 1), (12, 0)])
async def test_audit_and_reports_go_by_their_own_date(
    talk: Talk, kept: Media, days: int, left: int
) -> None:
    staff = await talk.official("staff")
    ids = await talk.read.staff()
    at = talk.hands()
    digest = await kept.keep_own(b"a report", "application/pdf")
    audit = privacy_tables.audit
    await talk.store.write(lambda c: c.execute(audit.delete()))
    await talk.store.write(
        lambda c: c.execute(audit.insert().values(at=at, act="desk.work", person_id=ids[0].id))
    )
    await talk.store.write(
        lambda c: c.execute(
            report_orders.insert().values(
                person_id=ids[0].id, period="2026", asked_at=at, state=1, due_at=at, docx=digest
            )
        )
    )
    periods = {"audit": 11, "reports": 11}
    await let_go(talk.store, kept, periods, at + timedelta(days=days))
    assert await count(talk.store, audit) == left
    assert await count(talk.store, report_orders) == left
    assert kept.path(digest).exists() == bool(left)
    assert staff.new() == []


async def test_a_finished_dossier_is_counted_without_its_names(talk: Talk, kept: Media) -> None:
    await lived(talk, kept)
    at = talk.hands()
    await talk.store.write(lambda c: c.execute(dossiers.update().values(finished_at=at)))
    await let_go(talk.store, kept, {"dossiers": 1}, at + timedelta(days=2))
    async with talk.store.reading() as connection:
        named = select(func.count()).where(dossiers.c.details.is_not(None))
        assert (await connection.execute(named)).scalar_one() == 0
    assert await count(talk.store, dossiers) == 1
    assert await count(talk.store, tables.people) > 0
