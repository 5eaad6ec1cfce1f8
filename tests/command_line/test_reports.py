"""`report`, `tickets` and `evidence verify`."""

import json
import re
import shutil
from collections.abc import Mapping
from datetime import datetime

import docx
import openpyxl
import pytest
from PIL import Image

from storage.database import Store
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE, Hands
from tests.transcript import Talk, code_in

WORDS = "Đèn đường thôn 3 tắt ba đêm nay, bà con đi lại khó"
TICKET = {
    "code",
    "state",
    "category",
    "unit",
    "channel",
    "received_at",
    "due_at",
    "answered_at",
    "on_time",
    "rating",
    "history",
}


async def _counts(terminal: Terminal, *typed: str, **settings: str) -> Mapping[str, dict[str, int]]:
    answer = await terminal("report", "--format", "json", *typed, **settings)
    assert answer.code == 0, answer
    assert answer.err == ""
    counts: Mapping[str, dict[str, int]] = json.loads(answer.out)["counts"]
    return counts


def _all(counts: Mapping[str, object]) -> list[object]:
    return [n for n in counts.values() if not isinstance(n, dict)] + [
        n for inner in counts.values() if isinstance(inner, dict) for n in _all(inner)
    ]


@pytest.mark.parametrize(
    "period", ["2026-H1", "2026-Q3", "2026-07", "2026", "2026-01-01..2026-06-30"]
)
async def test_a_period_without_events_is_zeros(terminal: Terminal, period: str) -> None:
    counts = await _counts(terminal, "--period", period)
    assert set(_all(counts)) <= {0, None}
    assert counts["feedback"]["received"] == 0


@pytest.mark.parametrize(
    "period",
    ["2027", "2026-12", "2026-11-24..2026-11-30", "2026-H3", "2026-13", "last year", "2026-1", "..",
     "2026-06-30..2026-01-01", "2026-02-30..2026-03-01", "٢٠٢٦", "\udcff", "1999", "9" * 5000],
)  # fmt: skip
@pytest.mark.parametrize("command", ["report", "evidence verify"])
async def test_a_period_that_is_none_or_has_not_begun_is_refused(
    terminal: Terminal, period: str, command: str
) -> None:
    assert (await terminal(*command.split(), "--period", period)).reason


@pytest.mark.parametrize(
    ("now", "half", "end"),
    [
        ("2026-12-31T18:00", "2026-H2", "2026-12-31"),
        ("2026-12-31T18:00:00+00:00", "2027-H1", "2027-06-30"),
        ("2026-12-31T23:59:00-08:00", "2027-H1", "2027-06-30"),
        ("2027-01-01 01:00:00+07:00", "2027-H1", "2027-06-30"),
        ("2026-06-30", "2026-H1", "2026-06-30"),
    ],
)
async def test_without_a_period_it_is_the_half_year_that_runs_in_viet_nam(
    terminal: Terminal, now: str, half: str, end: str
) -> None:
    answer = await terminal("report", "--format", "json", BOT_NOW=now)
    assert json.loads(answer.out)["period"] == {
        "name": half,
        "start": half.replace("-H1", "-01-01").replace("-H2", "-07-01"),
        "end": end,
    }


async def test_a_ticket_becomes_late_when_the_clock_passes_its_deadline(
    terminal: Terminal, talk: Talk
) -> None:
    code = code_in(await talk.person().says(f"/gopy {WORDS}"))
    (told,) = json.loads((await terminal("tickets", code)).out)
    before = datetime.fromisoformat(told["due_at"]).replace(hour=9)
    after = before.replace(hour=23)
    on_the_day = await _counts(terminal, BOT_NOW=before.isoformat())
    assert (on_the_day["feedback"]["received"], on_the_day["feedback"]["late"]) == (1, 0)
    afterwards = await _counts(terminal, BOT_NOW=after.isoformat())
    assert (afterwards["feedback"]["received"], afterwards["feedback"]["late"]) == (1, 1)


async def test_tickets_are_told_with_these_keys_and_no_others(
    terminal: Terminal, talk: Talk
) -> None:
    officer = await talk.official()
    citizen = talk.person()
    code = code_in(await citizen.says(f"/gopy {WORDS}"))
    waiting = code_in(await talk.person("second").says("/gopy Rác chưa được thu gom ở thôn 5"))
    await officer.says(f"/traloi {code} Đã sửa xong hôm nay.")
    await citizen.presses("Rất hài lòng")
    answer = await terminal("tickets", "--format", "json")
    assert answer.code == 0
    assert answer.err == ""
    first, second = json.loads(answer.out)
    for ticket in (first, second):
        assert set(ticket) == TICKET
        assert all(set(row) == {"at", "event"} for row in ticket["history"])
        for moment in (ticket["received_at"], ticket["due_at"], ticket["history"][0]["at"]):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00", moment)
    assert first["code"] == code
    assert (first["channel"], first["on_time"], first["rating"]) == ("web", True, 5)
    assert datetime.fromisoformat(first["answered_at"]) >= datetime.fromisoformat(
        first["received_at"]
    )
    assert second["code"] == waiting
    assert (second["answered_at"], second["on_time"], second["rating"]) == (None, None, None)
    assert WORDS not in answer.out


async def test_one_ticket_is_found_by_its_code_as_people_type_it(
    terminal: Terminal, talk: Talk
) -> None:
    code = code_in(await talk.person().says(f"/gopy {WORDS}"))
    for typed in (code, code.lower(), code.replace("0", "O")):
        (ticket,) = json.loads((await terminal("tickets", typed)).out)
        assert ticket["code"] == code


@pytest.mark.parametrize("code", ["PA2611-ZZZZ", "nonsense", "\udcff", "x" * 100_000])
async def test_a_ticket_that_is_not_there_is_refused(terminal: Terminal, code: str) -> None:
    assert (await terminal("tickets", code)).reason


async def test_no_ticket_at_all_is_an_empty_list(terminal: Terminal) -> None:
    assert await terminal("tickets") == (0, "[]\n", "")


async def test_a_report_goes_into_a_file_and_its_path_is_the_result(terminal: Terminal) -> None:
    (plain, written) = (terminal.folder / "báo cáo.txt", terminal.folder / "report.json")
    for path, form in ((plain, "text"), (written, "json")):
        typed = ("report", "--period", "2026-H2", "--format", form)
        shown = await terminal(*typed)
        answer = await terminal(*typed, "--out", str(path))
        assert answer == (0, f"{path}\n", "")
        assert path.read_text("utf-8") == shown.out
    assert "Chính quyền" in plain.read_text("utf-8")


async def test_the_json_report_has_the_parts_that_were_promised(terminal: Terminal) -> None:
    report = json.loads((await terminal("report", "--format", "json")).out)
    assert set(report) == {"period", "counts", "criteria", "total", "level"}
    assert [criterion["max"] for criterion in report["criteria"]] == [24, 24, 26, 26]
    assert set(report["total"]) == {"min", "max", "unknown_points"}
    assert set(report["level"]) == {"min", "max", "source"}


async def test_changed_evidence_is_refused_by_its_day_and_the_doctor_says_so(
    terminal: Terminal, talk: Talk, store: Store, hands: Hands
) -> None:
    await talk.person().says(f"/gopy {WORDS}")
    hands.move(days=1)
    tomorrow = hands.now.isoformat()
    assert await terminal("evidence", "verify", BOT_NOW=tomorrow) == (0, "ok\n", "")
    await store.write(
        lambda connection: connection.exec_driver_sql("UPDATE evidence SET about = 'another'")
    )
    assert "2026-11-23" in (await terminal("evidence", "verify", BOT_NOW=tomorrow)).reason
    within = ("evidence", "verify", "--period", "2026-11")
    assert "2026-11-23" in (await terminal(*within, BOT_NOW=tomorrow)).reason
    outside = ("evidence", "verify", "--period", "2026-H1")
    assert (await terminal(*outside, BOT_NOW=tomorrow)).code == 0
    doctor = await terminal("doctor", BOT_NOW=tomorrow)
    assert doctor.code == 1
    assert any(
        line.startswith("broken") and "2026-11-23" in line for line in doctor.out.splitlines()
    )


@pytest.mark.parametrize("form", ["docx", "xlsx", "png"])
async def test_a_document_goes_into_a_file_named_by_its_period(
    terminal: Terminal, form: str
) -> None:
    typed = ("report", "--period", "2026-H2", "--format", form)
    assert await terminal(*typed) == (0, f"report-2026-H2.{form}\n", "")
    chosen = terminal.folder / f"của tôi.{form}"
    assert await terminal(*typed, "--out", str(chosen)) == (0, f"{chosen}\n", "")
    for path in (terminal.folder / f"report-2026-H2.{form}", chosen):
        if form == "docx":
            assert "BÁO CÁO" in [one.text for one in docx.Document(str(path)).paragraphs]
        elif form == "xlsx":
            assert openpyxl.load_workbook(path)["Bảng điểm"]["A6"].value == "1"
        else:
            with Image.open(path) as picture:
                assert picture.width == 1080
    assert not list(terminal.folder.glob(".*.part"))


async def test_a_template_with_a_broken_field_is_refused_and_what_stood_there_stays(
    terminal: Terminal,
) -> None:
    commune = terminal.folder / "xã"
    shutil.copytree(COMMUNE, commune)
    template = docx.Document(str(commune / "templates" / "report.docx"))
    paragraph = next(p for p in template.paragraphs if "{{ score_sentence }}" in p.text)
    paragraph.runs[0].text = "Kết quả: {{ score_sentense }}"
    template.save(str(commune / "templates" / "report.docx"))
    out = terminal.folder / "report.docx"
    out.write_text("mine")
    answer = await terminal(
        "report", "--format", "docx", "--out", str(out), BOT_COMMUNE_DIR=str(commune)
    )
    assert "score_sentense" in answer.reason
    assert "Kết quả: " in answer.reason
    assert out.read_text() == "mine"


async def test_a_document_that_cannot_be_written_is_refused(terminal: Terminal) -> None:
    missing = terminal.folder / "no" / "folder.xlsx"
    assert (await terminal("report", "--format", "xlsx", "--out", str(missing))).reason
