"""Whatever an export holds, an import takes all of it or nothing, and never changes a code."""

import string
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import commune as communes
from handlers.dossier_columns import NoTable, Table, find
from handlers.dossier_rows import Rows, moment_of
from messages.languages import ZONE
from storage.database import Store
from storage.dossiers import Exported, Stage, in_one_form
from storage.dossiers_import import DossierImport
from storage.reader import Reader
from tests.conftest import COMMUNE, EXAMPLES, Hands
from tests.dossiers.exports import TITLES, row

RULES = communes.load(COMMUNE)
FEW = settings(max_examples=EXAMPLES // 5 or 1)

cells = st.one_of(
    st.text(max_size=30),
    st.floats(),
    st.integers(-(10**15), 10**15),
    st.booleans(),
    st.sampled_from(["", "25/11/2026", "46351", "Đang xử lý", "Trực tuyến", "0912345678"]),
    st.datetimes().map(lambda moment: ("moment", moment.isoformat())),
)
sheets = st.lists(st.lists(cells, max_size=13), max_size=12)
codes = st.from_regex(r"[0-9A-Z][0-9A-Z.]{2,10}-[0-9]{6}-[0-9]{3,6}", fullmatch=True)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 30)).map(  # noqa: DTZ001 - below
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=ZONE)
)


def _table() -> Table:
    return find([("", 0, [TITLES])], RULES.dossiers)


@given(sheets)
def test_no_sheet_makes_the_reader_fail(rows: list[list[object]]) -> None:
    try:
        table = find([("A", 0, [*rows, TITLES])], RULES.dossiers)
    except NoTable:
        return
    reading = Rows(RULES, table)
    found = reading.read([*rows, TITLES, *rows])
    reading.finish()
    assert len({one.code for one in found}) == len(found)
    for wrong in reading.wrong:
        assert wrong.row >= 1
        assert wrong.column.isalpha()


@given(st.lists(codes, unique=True, max_size=8))
def test_codes_come_out_as_they_went_in(wanted: list[str]) -> None:
    reading = Rows(RULES, _table())
    found = reading.read([list(TITLES), *(row(code) for code in wanted)])
    assert [one.code for one in found] == wanted
    assert reading.wrong == []


@given(st.floats() | st.integers())
def test_no_number_ever_becomes_a_code(number: float) -> None:
    reading = Rows(RULES, _table())
    assert reading.read([list(TITLES), row(number)]) == []
    assert len(reading.wrong) == 1


@given(moments)
def test_a_moment_is_the_same_in_every_form(moment: datetime) -> None:
    plain = moment.replace(tzinfo=None)
    days = (plain - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001 - Excel's own
    forms: list[str | float | tuple[str, str]] = [
        f"{moment:%d/%m/%Y %H:%M}",
        f"{moment:%H:%M %d/%m/%Y}",
        f"{moment:%d-%m-%Y %H:%M:%S}",
        f"{plain.isoformat()}",
        f"{plain.isoformat()}+07:00",
        ("moment", plain.isoformat()),
        days,
        # A short number of five digits is one of days; a longer one is no date in a text.
        f"{days:.10f}",
    ]
    assert {moment_of(form, last=False) for form in forms} == {moment}


def test_a_day_beyond_the_calendar_is_a_wrong_cell() -> None:
    reading = Rows(RULES, _table())
    assert reading.read([list(TITLES), row(due="9999-12-31T23:59:00-12:00")])
    assert len(reading.wrong) == 1


@given(st.text(string.printable + "–—", min_size=1, max_size=40))
def test_one_form_of_a_code_is_the_only_one(text: str) -> None:
    once = in_one_form(text)
    assert in_one_form(once) == once
    assert in_one_form(f" {text.lower()} ") == in_one_form(text.lower())


stages = st.sampled_from(list(Stage))
contents = st.dictionaries(st.integers(0, 11), stages, max_size=12)


@FEW
@given(st.lists(contents, min_size=1, max_size=5))
@pytest.mark.filterwarnings("ignore")
def test_after_any_imports_readers_see_exactly_the_last(
    tmp_path_factory: pytest.TempPathFactory, imports: list[dict[int, Stage]]
) -> None:
    import asyncio  # noqa: PLC0415 - an event loop for each example

    asyncio.run(_imported(tmp_path_factory.mktemp("db"), imports))


async def _imported(folder: Path, imports: list[dict[int, Stage]]) -> None:
    from storage.migrate import migrate  # noqa: PLC0415 - with its half second, for this test alone
    from tests.databases import opened  # noqa: PLC0415

    hands = Hands()
    day = datetime(2026, 11, 16, 8, tzinfo=ZONE)
    async with opened(f"sqlite+aiosqlite:///{folder / 'bot.db'}") as store:
        await migrate(store)
        expected: dict[int, tuple[Stage, bool]] = {}
        for content in imports:
            difference = await _import(store, hands, content, day)
            known = {n: stage for n, (stage, gone) in expected.items() if not gone}
            if content:
                gone_now = set(known) - set(content)
                assert difference == (
                    len(set(content) - set(expected)),
                    sum(
                        n in expected and expected[n] != (stage, False)
                        for n, stage in content.items()
                    ),
                    len(gone_now),
                )
                expected |= {n: (expected[n][0], True) for n in gone_now}
                expected |= {n: (stage, False) for n, stage in content.items()}
            read = Reader(store)
            for number in range(12):
                found = await read.dossiers.dossier(f"A-{number}")
                seen = (found.exported.stage, found.gone) if found else None
                assert seen == expected.get(number)


async def _import(
    store: Store, hands: Hands, content: dict[int, Stage], day: datetime
) -> tuple[int, int, int]:
    importing = DossierImport(store, hands)
    await importing.begin()
    await importing.add(
        [Exported(f"A-{n}", stage, received_at=day) for n, stage in content.items()]
    )
    difference = await importing.finish(gone_too=True)
    return difference.new, difference.changed, difference.gone
