"""What is handed out by a link: that a ticket's file was opened is in the audit."""

import pytest
from sqlalchemy import select

from bot.handed_out import open_file, own_data_of
from bot.metrics import Metrics
from bot.service import Ground
from storage import tables
from storage.audit import Audit, audited
from storage.media import Media
from tests.conversations.citizen_scenes import TROUBLE
from tests.databases import Databases, opened
from tests.privacy.test_access import LINK
from tests.transcript import Talk, code_in, talking


@pytest.fixture
def ground(talk: Talk, kept: Media) -> Ground:
    return ground_of(talk, kept)


def ground_of(talk: Talk, kept: Media) -> Ground:
    return Ground(
        store=talk.store,
        inbox=talk.inbox,
        outbox=talk.outbox,
        media=kept,
        office=talk.office,
        clock=talk.hands,
        metrics=Metrics(),
    )


async def photographed(talk: Talk, kept: Media, ref: str = "photo-1") -> tuple[str, str]:
    """File a ticket with a photo that is kept; give its code and the photo's hash."""
    code = code_in(await talk.person(ref).photo(f"/gopy {TROUBLE}", ref=ref))
    for wanted in await kept.wanted(["web"]):
        await kept.keep(wanted, b"what the photo shows", "image/jpeg")
    files = tables.ticket_files
    async with talk.store.reading() as connection:
        found = await connection.execute(select(files.c.hash).where(files.c.code == code))
        return code, str(found.scalar())


async def openings(talk: Talk) -> list[Audit]:
    return [one for one in await audited(talk.store) if one.act == "media.open"]


async def test_opening_a_citizens_photo_is_in_the_audit_of_its_ticket(
    talk: Talk, kept: Media, ground: Ground
) -> None:
    code, digest = await photographed(talk, kept)
    shown = await open_file(ground, digest)
    assert shown is not None
    assert shown.data == b"what the photo shows"
    (row,) = await openings(talk)
    assert (row.about, row.channel, row.person_id) == (code, "link", None)


async def test_a_page_that_reloads_it_fills_no_audit(
    talk: Talk, kept: Media, ground: Ground
) -> None:
    _code, digest = await photographed(talk, kept)
    for _time in range(5):
        await open_file(ground, digest)
    assert len(await openings(talk)) == 1
    talk.hands.move(minutes=2)
    await open_file(ground, digest)
    assert len(await openings(talk)) == 2


async def test_a_photo_sent_for_two_tickets_is_in_the_audit_of_both(
    talk: Talk, kept: Media, ground: Ground
) -> None:
    one, digest = await photographed(talk, kept)
    two, same = await photographed(talk, kept, "photo-2")
    assert digest == same
    await open_file(ground, digest)
    assert {row.about for row in await openings(talk)} == {one, two}


async def test_a_file_that_is_nobodys_or_not_there_leaves_no_row(
    talk: Talk, kept: Media, ground: Ground
) -> None:
    own = await kept.keep_own(b"%PDF-1.7 a report", "application/pdf")
    assert await open_file(ground, own) is not None
    assert await open_file(ground, "f" * 64) is None
    assert await openings(talk) == []


async def test_in_practice_the_link_opens_too(
    talk: Talk, kept: Media, ground: Ground, made_databases: Databases
) -> None:
    url = await made_databases.fresh()
    async with opened(url) as store, talking(store, talk.office, talk.hands) as practice:
        link = LINK.search("\n".join(await practice.person(name="Bà Tập").says("/dulieu")))
        assert link
        beside = ground_of(practice, kept)
        assert await own_data_of(ground)(link[1]) is None
        told = await own_data_of(ground, beside)(link[1])
        assert told is not None
        assert "Bà Tập" in told
    await made_databases.drop(url)
