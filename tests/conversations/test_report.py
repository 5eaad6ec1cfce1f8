import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from handlers import report
from messages.languages import ZONE, say
from scoring.facts import COUNTED
from scoring.periods import Period, parse
from scoring.report_json import as_json, counts_as_json
from storage.evidence import Evidence
from storage.inbox import CLOCK
from storage.tickets import State
from storage.work import Gathered, Work
from tests.conversations.desk_scenes import UNIT, file
from tests.transcript import Talk

H2 = "2026-H2"


def _period(talk: Talk, text: str = H2) -> Period:
    return parse(text, talk.hands.now.astimezone(ZONE).date())


async def _counts(talk: Talk, text: str = H2) -> dict[str, dict[str, object]]:
    facts = await report.facts(talk.read, _period(talk, text), talk.hands())
    return json.loads(json.dumps(counts_as_json(facts)))  # type: ignore[no-any-return] # of JSON


def _with(**counts: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """All counts zero but these."""
    nothing = {subject: dict.fromkeys(names, 0) for subject, names in COUNTED.items()}
    return {subject: {**zero, **counts.get(subject, {})} for subject, zero in nothing.items()}


async def test_an_empty_period_is_all_zeros(talk: Talk) -> None:
    assert await _counts(talk) == _with()
    card, facts = await report.scorecard(talk.read, talk.office, _period(talk), talk.hands())
    assert [int(number) for number in (card.min, card.max, card.unknown)] == [0, 100, 100]
    assert [int(one.criterion.max) for one in card.criteria] == [24, 24, 26, 26]
    assert as_json(card, facts, _period(talk))["total"] == {
        "min": 0,
        "max": 100,
        "unknown_points": 100,
    }


async def test_the_counts_are_what_a_hand_counts(talk: Talk) -> None:
    officer = await talk.official(name="Đào Thị Trực")
    people = [talk.person(f"p{number}") for number in range(8)]
    words = "Đường thôn {} có ổ gà to, xe máy đi lại rất khó khăn"
    codes = [await file(talk, one, words.format(n)) for n, one in enumerate(people)]
    in_time, late, refused, forwarded, withdrawn, reopened, overdue, corrected = codes

    await officer.says(f"/traloi {in_time} Đã vá xong")
    await people[0].says(f"/danhgia {in_time} 5")
    await officer.says(f"/traloi {corrected} Đã vá xong")
    await officer.says(f"/traloi {corrected} Xin đính chính: vá hôm qua")
    await people[7].says(f"/danhgia {corrected} 2")
    await officer.says(f"/tuchoi {refused} 3")
    await officer.says(f"/chuyen {forwarded} vp")
    await officer.says(f"/chuyen {forwarded} vhxh")
    await people[4].says(f"/rutphieu {withdrawn}")
    await people[4].says("1")
    ticket = await talk.read.ticket(withdrawn)
    assert ticket is not None
    assert ticket.state is State.WITHDRAWN
    await officer.says(f"/traloi {reopened} Đã vá xong")
    await people[5].says(f"/molai {reopened} Vẫn còn ổ gà như cũ")
    ticket = await talk.read.ticket(reopened)
    assert ticket is not None
    assert ticket.state is State.ASSIGNED
    await people[0].says("/gopy Tôi muốn tố cáo trưởng thôn ăn chặn tiền hỗ trợ")

    assert await _counts(talk) == _with(
        feedback={
            "received": 8,
            "answered": 3,
            "answered_on_time": 3,
            "rejected": 1,
            "forwarded": 1,
            "withdrawn": 1,
            "reopened": 1,
        },
        rating={"count": 2, "average": 3.5},
        redirected={"denunciation": 1},
    )
    await talk.pass_time(days=17)  # 10 December: all that is open is past 8 December
    await officer.says(f"/traloi {late} Đã vá xong")
    for code in (overdue, reopened, forwarded):
        ticket = await talk.read.ticket(code)
        assert ticket is not None
        assert ticket.is_open
        assert ticket.due_at < talk.hands.now
    feedback = (await _counts(talk))["feedback"]
    assert (feedback["answered"], feedback["answered_on_time"]) == (4, 3)
    # One answered late, three open past their deadline: the reopened one is owed an answer again.
    assert feedback["late"] == 4
    assert (await _counts(talk, "2026-12-01..2026-12-08"))["feedback"] == {
        **dict.fromkeys(COUNTED["feedback"], 0),
        "late": 4,
    }
    await officer.says(f"/traloi {reopened} Đã vá lại")
    assert (await _counts(talk))["feedback"]["late"] == 3


async def test_days_are_counted_where_the_people_live(talk: Talk) -> None:
    officer = await talk.official(unit=UNIT, name="Đào Thị Trực")
    citizen = talk.person()
    talk.hands.now = datetime(2026, 12, 31, 16, 59, 58, tzinfo=UTC)  # 23:59:58 in Viet Nam
    code = await file(talk, citizen, "Đường thôn 3 có ổ gà to, xe máy khó đi")
    talk.hands.now = datetime(2026, 12, 31, 17, 0, 1, tzinfo=UTC)
    await officer.says(f"/traloi {code} Đã vá xong")
    old, new = await _counts(talk, "2026-12"), await _counts(talk, "2027-H1")
    assert (old["feedback"]["received"], old["feedback"]["answered"]) == (1, 0)
    assert (new["feedback"]["received"], new["feedback"]["answered"]) == (0, 1)


async def test_every_count_of_the_list_is_read_from_its_evidence(talk: Talk) -> None:
    kinds = [
        f"{subject}.{name}"
        for subject, names in COUNTED.items()
        for name in names
        if subject not in {"feedback", "rating", "publication", "dossier"}
    ]

    async def write(connection: object) -> None:
        gathered = Gathered(connection, talk.store.box)  # type: ignore[arg-type] # the store's own
        work = Work(gathered, now=talk.hands(), person_id=1, channel=CLOCK.channel)
        for times, kind in enumerate(kinds, start=1):
            for _time in range(times):
                await Evidence(kind).apply(work)
        await Evidence(report.PUBLISHED).apply(work)
        await Evidence(report.PUBLISHED).apply(work)
        await gathered.flush()

    await talk.store.write(write)
    counts = await _counts(talk)
    found = {kind: counts[kind.partition(".")[0]][kind.partition(".")[2]] for kind in kinds}
    assert found == {kind: times for times, kind in enumerate(kinds, start=1)}
    assert counts["publication"]["days"] == 1


@pytest.mark.parametrize("role", ["staff", "leader", "admin"])
async def test_staff_leaders_and_admins_get_the_report_in_parts_a_telephone_takes(
    talk: Talk, channel: str, role: str
) -> None:
    who = await talk.official(role=role, name="Vi Thị Báo", channel=channel)
    for typed in ("/report", "baocao 2026-H2", "/REPORT 2026"):
        letters = await who.says(typed)
        whole = "\n".join(letters)
        for title in ("Tổng điểm", "1. ", "2. ", "3. ", "4. ", "Số liệu đã đếm"):
            assert title in whole
        assert all(len(letter) <= 2200 for letter in letters)
    assert "6 tháng đầu năm 2026" in "".join(await who.presses("6 tháng đầu năm 2026"))


@pytest.mark.parametrize("role", ["officer", "citizen"])
async def test_others_get_no_report(talk: Talk, role: str) -> None:
    who = talk.person("x") if role == "citizen" else await talk.official(name="Đào Thị Trực")
    for typed in ("/report", "/baocao 2026-H2", "report"):
        assert "Tổng điểm" not in "".join(await who.says(typed))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("2026-H3", "2026-H1"),
        ("tháng này", "2026-H1"),
        ("2027-H1", "2027"),
        ("2026-07-01..2026-06-01", "2026"),
    ],
)
async def test_a_wrong_period_is_answered_with_what_is_wrong_and_choices(
    talk: Talk, typed: str, answer: str
) -> None:
    who = await talk.official(role="staff", name="Vi Thị Báo")
    (told,) = await who.says(f"/report {typed}")
    assert answer in told
    assert "Tổng điểm" not in told
    assert "[6 tháng đầu năm 2026]" in told


async def test_the_text_of_the_command_line_says_what_the_chat_says(talk: Talk) -> None:
    who = await talk.official(role="staff", name="Vi Thị Báo")
    chat = "".join(await who.says("/report")).replace("\n", "")
    text = await report.as_text(talk.read, talk.office, _period(talk), talk.hands())
    assert len(text.splitlines()) > 40
    for line in text.splitlines():
        assert line in chat
    assert say(_period(talk).title) in text
