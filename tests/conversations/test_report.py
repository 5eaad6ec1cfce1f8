import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from PIL import Image

from bot.report_worker import ReportWorker
from handlers import report
from handlers.office import Office
from handlers.report_contents import contents
from handlers.report_documents import documents
from messages.envelope import AttachmentKind
from messages.languages import ZONE, say
from scoring.facts import COUNTED
from scoring.periods import Period, parse
from scoring.report_json import as_json, counts_as_json
from storage.database import Store
from storage.evidence import Evidence
from storage.inbox import CLOCK
from storage.media import Media
from storage.people import revoke
from storage.report_orders import TRIES, Documents, Order, Orders
from storage.tickets import State
from storage.work import Gathered, Work
from tests.conftest import Hands
from tests.conversations.desk_scenes import UNIT, file
from tests.transcript import Talk, talking

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


class Desk:
    """A worker that makes documents, and the files it made."""

    def __init__(self, talk: Talk, folder: Path, office: Office | None = None) -> None:
        self.talk = talk
        self.media = Media(talk.store, folder / "media", talk.hands)
        self.orders = Orders(talk.store, self.media, talk.hands)
        self.worker = ReportWorker(talk.store, self.orders, office or talk.office)

    async def works(self) -> int:
        """Make everything that waits; give how many orders that were."""
        made = 0
        while await self.worker.look():
            made += 1
        await self.talk.pass_time(seconds=1)
        return made


async def test_after_the_text_come_the_chart_the_report_and_the_figures(
    talk: Talk, channel: str, tmp_path: Path
) -> None:
    desk = Desk(talk, tmp_path)
    who = await talk.official(role="staff", name="Vi Thị Báo", channel=channel)
    await who.says("/report 2026-H2")
    assert await desk.works() == 1
    (told,) = who.new()
    assert "Báo cáo 6 tháng cuối năm 2026" in told
    files = who.letters()[-1].body.attachments
    assert [one.kind for one in files] == [
        AttachmentKind.IMAGE, AttachmentKind.FILE, AttachmentKind.FILE,
    ]  # fmt: skip
    assert [one.name for one in files] == [
        f"report-2026-H2.{ending}" for ending in ("png", "docx", "xlsx")
    ]
    png, word, excel = [await desk.media.read(one.ref.removeprefix("media:")) for one in files]
    for one in files:
        assert await desk.media.mime_of(one.ref.removeprefix("media:")) == one.mime
    assert Image.open(io.BytesIO(png)).format == "PNG"
    assert "BÁO CÁO" in [paragraph.text for paragraph in docx.Document(io.BytesIO(word)).paragraphs]
    assert openpyxl.load_workbook(io.BytesIO(excel)).sheetnames[0] == "Bảng điểm"


async def test_each_question_is_answered_with_documents_once(talk: Talk, tmp_path: Path) -> None:
    desk = Desk(talk, tmp_path)
    who = await talk.official(role="staff", name="Vi Thị Báo")
    await who.says("/report 2026-H2")
    await who.says("/report 2026-Q4")
    assert await desk.works() == 2
    assert len(who.new()) == 2
    assert await desk.works() == 0
    assert who.new() == []


async def test_who_lost_the_role_meanwhile_gets_no_documents(talk: Talk, tmp_path: Path) -> None:
    desk = Desk(talk, tmp_path)
    who = await talk.official(role="staff", name="Vi Thị Báo")
    await who.says("/report")
    await talk.store.write(lambda c: revoke(c, name="Vi Thị Báo", now=talk.hands()))
    await desk.works()
    assert who.new() == []


async def test_a_broken_template_is_told_with_its_place_and_nothing_is_sent(
    talk: Talk, tmp_path: Path
) -> None:
    broken = tmp_path / "commune"
    (broken / "templates").mkdir(parents=True)
    (broken / "templates" / "report.docx").write_bytes(b"no Word document")
    desk = Desk(talk, tmp_path, replace(talk.office, folder=broken))
    who = await talk.official(role="staff", name="Vi Thị Báo")
    await who.says("/report")
    await desk.works()
    (told,) = who.new()
    assert "Chưa lập được văn bản báo cáo" in told
    assert "report.docx" in told
    assert not who.letters()[-1].body.attachments
    assert not list((tmp_path / "media").rglob("*"))


async def test_an_order_whose_worker_died_is_made_by_another(talk: Talk, tmp_path: Path) -> None:
    desk = Desk(talk, tmp_path)
    who = await talk.official(role="staff", name="Vi Thị Báo")
    await who.says("/report")
    lost = await desk.orders.claim()
    assert lost is not None
    assert await desk.works() == 0
    talk.hands.move(minutes=3)
    assert await desk.works() == 1
    (told,) = who.new()
    assert "Báo cáo" in told
    # The first comes back: its person was told already.
    await desk.orders.made(lost, Documents(b"a", b"b", b"c"))
    await desk.works()
    assert who.new() == []


async def test_what_fails_again_and_again_is_given_up_and_told(talk: Talk, tmp_path: Path) -> None:
    desk = Desk(talk, tmp_path)
    who = await talk.official(role="staff", name="Vi Thị Báo")
    await who.says("/report")
    for _try in range(TRIES):
        order = await desk.orders.claim()
        assert isinstance(order, Order)
        await desk.orders.failed(order)
        talk.hands.move(minutes=3)
    assert await desk.orders.claim() is None
    await talk.pass_time(seconds=1)
    (told,) = who.new()
    assert "Chưa lập được văn bản báo cáo" in told


async def test_the_same_figures_stand_in_every_format(talk: Talk, tmp_path: Path) -> None:
    officer = await talk.official(name="Đào Thị Trực")
    people = [talk.person(f"p{number}") for number in range(5)]
    codes = [
        await file(talk, one, f"Đường thôn {n} có ổ gà to, xe máy đi lại khó khăn")
        for n, one in enumerate(people)
    ]
    for code in codes[:3]:
        await officer.says(f"/traloi {code} Đã vá xong")
    await people[0].says(f"/danhgia {codes[0]} 4")
    await talk.pass_time(days=20)
    now = talk.hands()
    card, facts = await report.scorecard(talk.read, talk.office, _period(talk), now)
    told: dict[str, Any] = json.loads(json.dumps(as_json(card, facts, _period(talk))))
    made = await documents(talk.read, talk.office, _period(talk), now)
    text = await report.as_text(talk.read, talk.office, _period(talk), now)
    assert "Phản ánh, góp ý: nhận 5, đã trả lời 3 (đúng hạn 3), quá hạn 2," in text
    book = openpyxl.load_workbook(io.BytesIO(made.xlsx), data_only=True)
    word = docx.Document(io.BytesIO(made.docx))
    figures = {row[0].value: row[1].value for row in book["Số liệu"].iter_rows(min_row=4)}
    assert figures["Phản ánh, góp ý đã nhận"] == told["counts"]["feedback"]["received"] == 5
    (line,) = [p.text for p in word.paragraphs if p.text.startswith("Phản ánh, góp ý: ")]
    assert "tiếp nhận 5; đã trả lời 3, trong đó đúng hạn 3; quá hạn 2. Tỷ lệ đúng hạn: 60%" in line
    sheet = {row[0].value: row for row in book["Bảng điểm"].iter_rows(min_row=6) if row[0].value}
    annex = {row.cells[0].text: row.cells for row in word.tables[-1].rows}
    for criterion in told["criteria"]:
        for one in criterion["components"]:
            name, score = str(one["id"]), one["score"]
            assert (sheet[name][5].value or None) == (score or None)
            shown = "?" if score is None else f"{score:g}".replace(".", ",")
            assert annex[name][3].text.rstrip("*") == shown
            assert sheet[name][9].value == int(annex[name][5].text) == one["evidence"]


async def test_the_contents_of_a_report_agree_with_its_counts(talk: Talk) -> None:
    officer = await talk.official(name="Đào Thị Trực")
    for number in range(4):
        talk.hands.now = datetime(2026, 8 + number, 10, 2, tzinfo=UTC)
        code = await file(talk, talk.person(f"p{number}"), f"Đường thôn {number} có ổ gà to")
        talk.hands.move(days=1)
        await officer.says(f"/traloi {code} Đã vá xong")
        await talk.person(f"p{number}").says(f"/danhgia {code} {number + 1}")
    made = await contents(talk.read, talk.office, _period(talk), talk.hands())
    assert sum(month.total for month in made.months) == made.facts.number("feedback.received") == 4
    assert sum(month.answered for month in made.months) == made.facts.number("feedback.answered")
    assert sum(month.rating_sum for month in made.months) == made.facts.rating_sum == 10
    assert [month.start.month for month in made.months] == [7, 8, 9, 10, 11]
    assert [month.total for month in made.months] == [0, 1, 1, 1, 1]
    assert len(made.tickets) == 4
    assert all(one.on_time and one.answered_at for one in made.tickets)
    assert made.evidence_rows == len(made.evidence) > 8
    assert made.previous is not None
    assert made.previous.card.period.name == "2026-H1"
    assert made.last_year is not None
    assert made.last_year.card.period.name == "2025-H2"
    assert all(one.milliseconds < made.made_at.timestamp() * 1000 for one in made.evidence)


async def test_a_commune_may_close_its_figures_on_the_decrees_day(
    store: Store, office: Office, hands: Hands
) -> None:
    periods = office.commune.periods.model_copy(update={"closing_day": 14})
    commune = office.commune.model_copy(update={"periods": periods})
    hands.now = datetime(2026, 12, 14, 16, 0, tzinfo=UTC)  # 23:00 in Viet Nam
    async with talking(store, replace(office, commune=commune), hands) as talk:
        staff, citizen = await talk.official("staff", name="Tổ tổng hợp"), talk.person("c")
        await file(talk, citizen, "Đường thôn 3 có ổ gà to, xe máy khó đi")
        hands.move(hours=2)
        await file(talk, citizen, "Đường thôn 5 có ổ gà to, xe máy khó đi")
        told = "\n".join(await staff.says("/report 2026-H2"))
        assert "Số liệu được tính từ 15/06/2026 đến 14/12/2026" in told
        assert "6 tháng cuối năm 2026" in told
        assert "nhận 1," in told
        # After the closing day the next half year runs, and is what is meant without a name.
        told = "\n".join(await staff.says("/report"))
        assert "6 tháng đầu năm 2027" in told
        assert "nhận 1," in told
        whole = await contents(
            talk.read, talk.office, talk.office.period("2027-H1", date(2026, 12, 15)), hands()
        )
        assert [(one.start, one.total) for one in whole.months] == [(date(2027, 1, 1), 1)]
