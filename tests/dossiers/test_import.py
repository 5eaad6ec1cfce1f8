"""What an import changes, what it leaves, and what nobody sees while it is under way."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.dossier_import import Refused
from handlers.dossier_export import Outcome
from storage.database import Store
from storage.dossiers import Exported, Stage, in_one_form
from storage.dossiers_import import Busy, DossierImport
from storage.dossiers_tables import dossier_imports, dossiers
from storage.reader import Reader
from tests.conftest import Hands
from tests.dossiers.exports import CODE, DIGITS, Importer, csv_of, moment, row
from tests.storage.acts import count

OLD = "000.00.17.H24-261116-0002"


def _counts(outcome: Outcome) -> tuple[int, int, int, int]:
    difference = outcome.difference
    return difference.rows, difference.new, difference.changed, difference.gone


async def test_the_first_import_shows_every_dossier_with_what_it_tells(
    importer: Importer, read: Reader
) -> None:
    outcome = await importer.rows(row(), row(OLD, channel="Trực tiếp", finished="20/11/2026"))
    assert _counts(outcome) == (2, 2, 0, 0)
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    told = found.exported
    assert (told.stage, told.applicant, told.unit) == (Stage.PROCESSING, "Người mẫu A", "ttpvhcc")
    assert told.received_at == moment("2026-11-16 08:00")
    assert told.due_at == moment("2026-11-25 17:00")
    assert (told.online, told.digits) == (True, "")
    assert read.dossiers.proves(found, CODE, DIGITS)
    assert not read.dossiers.proves(found, CODE, "0124")
    assert not read.dossiers.proves(found, CODE, "")
    other = await read.dossiers.dossier(OLD)
    assert other is not None
    assert other.exported.finished_at == moment("2026-11-20 00:00")


async def test_the_same_file_again_writes_nothing(
    importer: Importer, store: Store, read: Reader
) -> None:
    await importer.rows(row(), row(OLD))
    before = await read.dossiers.dossier(CODE)
    outcome = await importer.rows(row(), row(OLD))
    assert _counts(outcome) == (2, 0, 0, 0)
    after = await read.dossiers.dossier(CODE)
    assert before is not None
    assert after is not None
    assert after.id == before.id
    assert after.as_of > before.as_of
    assert await count(store, dossiers) == 2


async def test_new_changed_and_gone_are_told_apart(importer: Importer, read: Reader) -> None:
    await importer.rows(row(), row(OLD), row("H24.107-261117-0003", received="17/11/2026"))
    outcome = await importer.rows(
        row(status="Đã xử lý xong", finished="24/11/2026"),
        row("H24.107-261118-0004", received="18/11/2026"),
    )
    assert _counts(outcome) == (2, 1, 1, 2)
    gone = await read.dossiers.dossier(OLD)
    assert gone is not None
    assert gone.gone
    assert not gone.late
    changed = await read.dossiers.dossier(CODE)
    assert changed is not None
    assert changed.exported.stage is Stage.READY


async def test_what_came_back_is_a_change(importer: Importer, read: Reader) -> None:
    await importer.rows(row(), row(OLD))
    await importer.rows(row())
    outcome = await importer.rows(row(), row(OLD))
    assert _counts(outcome) == (2, 0, 1, 0)
    back = await read.dossiers.dossier(OLD)
    assert back is not None
    assert not back.gone


async def test_a_file_of_other_days_takes_nothing_away_and_keeps_their_date(
    importer: Importer, read: Reader, hands: Hands
) -> None:
    await importer.rows(row())
    first = await read.dossiers.dossier(CODE)
    hands.move(days=10)
    outcome = await importer.rows(row("H24.107-261201-0009", received="01/12/2026"))
    assert _counts(outcome) == (1, 1, 0, 0)
    still = await read.dossiers.dossier(CODE)
    assert first is not None
    assert still is not None
    assert not still.gone
    assert still.as_of == first.as_of


async def test_a_dry_run_tells_everything_and_changes_nothing(
    importer: Importer, store: Store, read: Reader
) -> None:
    await importer.rows(row(), row(OLD))
    outcome = await importer.rows(
        row(status="Đã trả kết quả"), row("H24.107-261116-0005"), dry=True
    )
    assert _counts(outcome) == (2, 1, 1, 1)
    assert outcome.difference.examples == {
        "new": ["H24.107-261116-0005"],
        "changed": [CODE],
        "gone": [OLD],
    }
    assert await count(store, dossier_imports) == 1
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    assert found.exported.stage is Stage.PROCESSING


async def test_one_wrong_cell_imports_nothing_and_is_told_by_row_and_column(
    importer: Importer, store: Store, read: Reader
) -> None:
    outcome = await importer.rows(row(), row(OLD, due="31/02/2026"))
    assert outcome.refused
    (wrong,) = outcome.rows.wrong
    assert (wrong.row, wrong.column, wrong.value) == (3, "H", "31/02/2026")
    assert await read.dossiers.dossier(CODE) is None
    assert await count(store, dossiers) == 0


async def test_nobody_sees_half_an_import(store: Store, hands: Hands, read: Reader) -> None:
    before = DossierImport(store, hands)
    await before.begin()
    await before.add([_exported(0)])
    await before.finish()
    importing = DossierImport(store, hands)
    await importing.begin()
    await importing.add([_exported(n, Stage.READY) for n in range(700)])
    known = await read.dossiers.dossier(_exported(0).code)
    assert known is not None
    assert known.exported.stage is Stage.PROCESSING
    assert await read.dossiers.dossier(_exported(5).code) is None
    await importing.finish()
    for n in (0, 5, 699):
        seen = await read.dossiers.dossier(_exported(n).code)
        assert seen is not None
        assert seen.exported.stage is Stage.READY
    # The version that nobody sees any more is deleted.
    assert await count(store, dossiers) == 700


async def test_a_dropped_import_leaves_everything_as_it_was(
    store: Store, hands: Hands, read: Reader
) -> None:
    first = DossierImport(store, hands)
    await first.begin()
    await first.add([_exported(0)])
    await first.finish()
    second = DossierImport(store, hands)
    await second.begin()
    await second.add([_exported(n, Stage.READY) for n in range(3)])
    await second.drop()
    known = await read.dossiers.dossier(_exported(0).code)
    assert known is not None
    assert known.exported.stage is Stage.PROCESSING
    assert await count(store, dossiers) == 1


async def test_two_imports_never_run_at_once_and_a_dead_one_is_cleared_away(
    store: Store, hands: Hands, read: Reader
) -> None:
    died = DossierImport(store, hands)
    await died.begin()
    await died.add([_exported(1)])
    with pytest.raises(Busy):
        await DossierImport(store, hands).begin()
    hands.move(minutes=3)
    other = DossierImport(store, hands)
    await other.begin()
    await other.add([_exported(2)])
    with pytest.raises(Busy):
        # What was only slow must not write beside it.
        await died.add([_exported(3)])
    await other.finish()
    assert await read.dossiers.dossier(_exported(1).code) is None
    assert await count(store, dossiers) == 1


async def test_much_that_is_gone_needs_to_be_agreed_to(importer: Importer, read: Reader) -> None:
    many = [row(f"H24.107-261116-{n:04d}") for n in range(50)]
    await importer.rows(*many)
    outcome = await importer.rows(*many[:5])
    assert outcome.too_many_gone
    assert not outcome.done
    last = await read.dossiers.dossier("H24.107-261116-0049")
    assert last is not None
    assert not last.gone
    outcome = await importer.rows(*many[:5], gone_too=True)
    assert outcome.done
    assert outcome.difference.gone == 45


async def test_nothing_personal_stands_in_the_database_as_it_is(
    importer: Importer, store: Store
) -> None:
    await importer.rows(row(applicant="Bùi Thị Kín", procedure="Xác nhận tình trạng hôn nhân"))
    async with store.reading() as connection:
        (kept,) = (await connection.execute(select(dossiers))).all()
    for value in kept:
        for secret in ("Kín", "hôn nhân", "000 123", "0900 000"):
            assert secret not in str(value)
            assert secret.encode() not in (value if isinstance(value, bytes) else b"")


async def test_an_import_that_fails_in_the_middle_is_dropped(
    importer: Importer, store: Store, hands: Hands
) -> None:
    def fail(rows: int) -> None:
        raise RuntimeError(rows)

    with pytest.raises(RuntimeError):
        await importer.rows(row(), progress=fail)
    async with store.reading() as connection:
        states = await connection.execute(select(dossier_imports.c.state))
        assert list(states.scalars()) == [2]
    assert (await importer.rows(row())).done


async def test_an_empty_table_is_refused(importer: Importer) -> None:
    with pytest.raises(Refused):
        await importer(csv_of([]))


async def test_a_version_holds_for_one_stretch_of_imports_only(
    importer: Importer, store: Store
) -> None:
    for status in ("Đang xử lý", "Đã xử lý xong", "Đã xử lý xong", "Đã trả kết quả"):
        await importer.rows(row(status=status))
    async with store.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(dossiers))
        assert found.scalar_one() == 1


@pytest.mark.parametrize(
    ("stage", "due", "finished", "late"),
    [
        (Stage.PROCESSING, -1, None, True),
        (Stage.PROCESSING, 1, None, False),
        (Stage.PROCESSING, None, None, False),
        (Stage.SUPPLEMENT, -1, None, False),
        (Stage.RETURNED, -1, -2, False),
        (Stage.RETURNED, -2, -1, True),
        (Stage.RETURNED, -2, None, False),
        (Stage.WITHDRAWN, -2, -1, False),
    ],
)
async def test_late_is_what_the_data_show_and_the_commune_owes(
    store: Store,
    hands: Hands,
    read: Reader,
    stage: Stage,
    due: int | None,
    finished: int | None,
    late: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    def at(days: int | None) -> datetime | None:
        return None if days is None else hands() + timedelta(days=days)

    importing = DossierImport(store, hands)
    await importing.begin()
    one = Exported("A-1", stage, due_at=at(due), finished_at=at(finished))
    await importing.add([one])
    await importing.finish()
    # Days that pass after the data tell nothing.
    hands.move(days=5)
    found = await read.dossiers.dossier("A-1")
    assert found is not None
    assert found.late is late


def test_a_code_has_one_form() -> None:
    assert in_one_form(" h24.107 – 261116-0001 ") == "H24.107-261116-0001"


def _exported(number: int, stage: Stage = Stage.PROCESSING) -> Exported:
    return Exported(f"H24.107-261116-{number:04d}", stage, received_at=moment("2026-11-16 08:00"))
