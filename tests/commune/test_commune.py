import re
import shutil
import unicodedata
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from handlers.commune import BadCommune, Bilingual, Commune, load, shown, warnings
from handlers.deadlines import Counting, is_open
from messages.languages import say

SHIPPED = Path(__file__).parents[2] / "commune"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FILES = ("commune.toml", "calendar.toml")

CATEGORIES = {
    "giaothong": "kinhte",
    "dien": "ttpvhcc",
    "nuoc": "ttpvhcc",
    "moitruong": "kinhte",
    "trattu": "congan",
    "datdai": "kinhte",
    "xaydung": "kinhte",
    "anninh": "congan",
    "giaoduc": "vhxh",
    "yte": "vhxh",
    "chinhsach": "vhxh",
    "thutuc": "ttpvhcc",
    "thaido": "vp",
    "loi_thong_tin": "ttpvhcc",
    "khac": "ttpvhcc",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def commune() -> Commune:
    return load(SHIPPED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(SHIPPED / name, tmp_path)
    return tmp_path


def changed(path: Path, old: str, new: str) -> int:
    """Replace the first `old` of a file; give the line on which `new` now begins."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(BadCommune) as caught:
        load(folder)
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return [(p.file.name, p.line, say(p.reason, "en")) for p in caught.value.problems]


def test_the_shipped_commune_has_the_units_and_categories_of_the_contract(commune: Commune) -> None:
    units = {unit.id for unit in commune.units}
    assert units == {"ttpvhcc", "vp", "kinhte", "vhxh", "congan", "quansu", "tramyte"}
    assert commune.default_unit == "ttpvhcc"
    assert {category.id: category.unit for category in commune.categories} == CATEGORIES
    assert all(category.unit in units for category in commune.categories)
    assert commune.name.vi == "xã Nghi Dương"


def test_everything_shown_to_people_is_told_in_both_languages(commune: Commune) -> None:
    named = (*commune.units, *commune.categories, *commune.refusals, *commune.leaders)
    told = [getattr(item, "title", None) or getattr(item, "name", None) for item in named]
    for words in (*told, commune.privacy.line, commune.directions.denunciation.text):
        assert isinstance(words, Bilingual)
        assert words.say("vi")
        assert words.say("en") != words.say("vi")


def test_no_number_is_invented(commune: Commune) -> None:
    assert {contact.phone for contact in commune.emergencies} == {"113", "114", "115"}
    given = [
        *(unit.phone or unit.address for unit in commune.units),
        *(leader.phone or leader.name for leader in commune.leaders),
        *(contact.phone for contact in commune.contacts),
        commune.directions.complaint.phone or commune.directions.complaint.address,
        commune.directions.denunciation.phone or commune.directions.denunciation.address,
        commune.reception.days or commune.reception.hours or commune.reception.place,
        *commune.villages,
    ]
    assert set(given) == {""}
    text = "".join((SHIPPED / name).read_text("utf-8") for name in FILES)
    assert not re.search(r"(?:\+84|\b0)[ .]?\d(?:[ .]?\d){7,}", text)
    links = [link.url for link in commune.links if link.url]
    assert links == ["https://dichvucong.gov.vn"]


def test_an_empty_place_is_shown_as_not_updated_yet() -> None:
    assert say(shown("")) == "chưa cập nhật"
    assert shown("08:00") == "08:00"


def test_what_was_assumed_has_a_source_and_is_listed(commune: Commune) -> None:
    gaps = {(gap.file, gap.place): say(gap.text) for gap in warnings(commune)}
    assert gaps["commune.toml", "units.vp.phone"] == "chưa cập nhật"
    assert gaps["commune.toml", "villages"] == "chưa cập nhật"
    assert gaps["commune.toml", "leaders.chu_tich_ubnd.name"] == "chưa cập nhật"
    assert "Đ.28" in gaps["commune.toml", "deadline"]
    assert "Đ.22" in gaps["commune.toml", "categories.loi_thong_tin.deadline"]
    assert "luật sư" in gaps["commune.toml", "privacy"]
    assert gaps["calendar.toml", "week"].startswith("cần xác nhận")
    assert ("calendar.toml", "swapped_days.1") not in gaps
    assert not [text for text in gaps.values() if text.endswith("chưa cập nhật") and ";" in text]


def test_each_mark_in_the_files_is_one_warning(commune: Commune) -> None:
    text = "\n".join((SHIPPED / name).read_text("utf-8") for name in FILES)
    marks = len(re.findall(r'^mark = "cần xác nhận"', text, re.MULTILINE))
    told = [gap for gap in warnings(commune) if "cần xác nhận" in say(gap.text)]
    assert len(told) == marks > 10


def test_a_confirmed_and_filled_place_is_no_longer_listed(folder: Path) -> None:
    before = {(gap.file, gap.place) for gap in warnings(load(folder))}
    changed(folder / "calendar.toml", 'mark = "cần xác nhận"\n', "")
    changed(folder / "commune.toml", "villages = []", 'villages = ["Thôn Một"]')
    after = {(gap.file, gap.place) for gap in warnings(load(folder))}
    assert before - after == {("calendar.toml", "week"), ("commune.toml", "villages")}


def test_units_are_found_in_any_case_and_unknown_ones_are_not(commune: Commune) -> None:
    found = commune.unit(" KinhTe ")
    assert found is not None
    assert found.name.vi == "Phòng Kinh tế"
    assert commune.unit("phongma") is None
    assert commune.category("khongco") is None


@pytest.mark.parametrize(
    "title", ["Đất đai", "dat dai", "ĐẤT ĐAI", " land ", unicodedata.normalize("NFD", "Đất đai")]
)
def test_a_category_is_found_by_its_title_without_marks(commune: Commune, title: str) -> None:
    found = commune.category_by_title(title)
    assert found is not None
    assert found.id == "datdai"
    assert commune.category_by_title("đất") is None


def test_a_ticket_goes_to_the_unit_of_its_category_or_to_the_default(commune: Commune) -> None:
    assert commune.unit_of("moitruong") == "kinhte"
    assert commune.unit_of("thaido") == "vp"
    assert commune.unit_of("") == "ttpvhcc"
    assert commune.unit_of("gone") == "ttpvhcc"


def test_deadlines_run_by_the_clock_of_the_category(commune: Commune) -> None:
    friday = at("2026-07-10 16:00")
    assert commune.due("giaothong", friday) == at("2026-07-24 17:00")
    assert commune.due("", friday) == at("2026-07-24 17:00")
    assert commune.due("loi_thong_tin", friday) == at("2026-07-20 17:00")
    assert commune.deadline.counting is Counting.WORKING_DAYS


def test_the_swap_of_2_and_10_january_2026_ships(commune: Commune) -> None:
    assert not is_open(commune.calendar, at("2026-01-02 09:00"))
    assert is_open(commune.calendar, at("2026-01-10 09:00"))
    assert not is_open(commune.calendar, at("2026-01-10 12:00"))
    assert not is_open(commune.calendar, at("2026-02-17 09:00"))


def test_the_commune_overrules_the_library(folder: Path) -> None:
    path = folder / "calendar.toml"
    path.write_text(
        path.read_text("utf-8")
        + """
[[days_off]]
date = 2026-07-13
until = 2026-07-14
reason = "lễ hội"
[[working_days]]
date = 2026-11-24
hours = ["07:30-11:30"]
reason = "trực nửa ngày"
""",
        "utf-8",
    )
    calendar = load(folder).calendar
    assert not is_open(calendar, at("2026-07-13 09:00"))
    assert not is_open(calendar, at("2026-07-14 09:00"))
    assert is_open(calendar, at("2026-07-15 09:00"))
    assert is_open(calendar, at("2026-11-24 09:00"))
    assert not is_open(calendar, at("2026-11-24 14:00"))


def test_without_the_library_only_the_file_counts(folder: Path) -> None:
    changed(folder / "calendar.toml", 'public_holidays = "VN"', 'public_holidays = ""')
    calendar = load(folder).calendar
    assert is_open(calendar, at("2026-02-17 09:00"))
    assert not is_open(calendar, at("2026-01-02 09:00"))


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (FILES[0], 'slug = "nghi-duong"', 'slug = "Nghi Dương"', "slug must be lower-case letters"),
        (FILES[0], 'slug = "nghi-duong"', "slug = nghi-duong", "This is not written as TOML"),
        (FILES[0], 'slug = "nghi-duong"', 'slag = "nghi-duong"', "slag is not known here"),
        (
            FILES[0],
            'default_unit = "ttpvhcc"',
            'default_unit = "bep"',
            "The unit bep is not known; there are: ttpvhcc, vp",
        ),
        (
            FILES[0],
            'unit = "vp"',
            'unit = "bep"',
            "The unit bep is not known; there are: ttpvhcc, vp",
        ),
        (FILES[0], 'id = "vhxh"', 'id = "kinhte"', "The id kinhte stands here a second time"),
        (FILES[0], 'id = "nuoc"', 'id = "dien"', "The id dien stands here a second time"),
        (FILES[0], 'id = "nuoc"', 'id = "Nước"', "categories.3.id must be lower-case"),
        (
            FILES[0],
            'title = { vi = "Xây dựng"',
            'title = { vi = "DAT DAI"',
            "The title DAT DAI stands here",
        ),
        (FILES[0], 'title = { vi = "Xây dựng"', 'title = { vi = ""', "title.vi must not be empty"),
        (FILES[0], "amount = 10", 'amount = "10"', "deadline.amount must be a whole"),
        (FILES[0], "amount = 10", "amount = 0", "deadline.amount must be a whole"),
        (FILES[0], "amount = 10", "amount = true", "deadline.amount must be a whole"),
        (
            FILES[0],
            'counting = "working_days"',
            'counting = "ngày"',
            "deadline.counting must be one of: 'working_minutes'",
        ),
        (FILES[0], 'phone = ""', 'phone = "0912xxxxxx"', "not a telephone number"),
        (FILES[0], 'phone = ""', 'phone = "0000 000 000"', "not a telephone number"),
        (FILES[0], 'phone = ""', 'phone = "0123.456.789"', "not a telephone number"),
        (FILES[0], 'url = ""', 'url = "http://xa.example"', "begins with https://"),
        (
            FILES[0],
            'mark = "cần xác nhận"\n',
            'mark = "can xac nhan"\n',
            "mark must be one of: '' or 'cần xác nhận'",
        ),
        (FILES[0], "reopen_days = 7", "reopen_days = -1", "limits.reopen_days must be a whole"),
        (FILES[0], "messages_a_minute = 120", "messages_a_minute = 9", "limits.messages_a_minute"),
        (FILES[0], "[limits]", "[limitz]", "limitz is not known here"),
        (FILES[0], "villages = []", "working_time = 1", "working_time is not known here"),
        (
            FILES[0],
            "villages = []",
            "periods = { closing_day = 31 }\nvillages = []",
            "periods.closing_day cannot be used",
        ),
        (
            FILES[0],
            "villages = []",
            'centres = [{ village = "Thôn A", latitude = 20.7, longitude = 106.6 }]\nvillages = []',
            "No village is called Thôn A",
        ),
        (FILES[1], '["07:30-11:30", "13:30-17:00"]', '["7h30-11h30"]', "span of hours"),
        (FILES[1], '["07:30-11:30", "13:30-17:00"]', '["07:30-25:00"]', "span of hours"),
        (FILES[1], '"13:30-17:00"]', '"11:00-17:00"]', "overlap"),
        (
            FILES[1],
            "working = 2026-01-10",
            "working = 2026-01-02",
            "The date 02/01/2026 stands in this file a second time",
        ),
        (FILES[1], "off = 2026-01-02", "off = 2026-01-03", "03/01/2026 is no working day"),
        (FILES[1], "off = 2026-01-02", "off = 2026-13-02", "This is not written as TOML"),
        (FILES[1], "off = 2026-01-02", 'off = "Tết"', "swapped_days.1.off must be a date like"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line_and_reason(
    folder: Path, file: str, old: str, new: str, reason: str
) -> None:
    line = changed(folder / file, old, new)
    found = problems(folder)
    assert [f for f in found if f[:2] == (file, line) and reason in f[2]], found
    assert {name for name, _line, _reason in found} == {file}


def test_a_missing_key_is_told_at_its_table(folder: Path) -> None:
    line = changed(folder / FILES[0], 'id = "dien"\n', "") - 1
    assert problems(folder) == [(FILES[0], line, "categories.2.id is missing.")]


def test_a_missing_table_is_told(folder: Path) -> None:
    path = folder / FILES[0]
    path.write_text(path.read_text("utf-8").split("[privacy]")[0], "utf-8")
    assert problems(folder) == [(FILES[0], 1, "privacy is missing.")]


def line_of(path: Path, text: str) -> int:
    return path.read_text("utf-8").split(text)[0].count("\n") + 1


@pytest.mark.parametrize(
    ("table", "key", "reason"),
    [
        (
            '[[days_off]]\ndate = 2026-09-03\nuntil = 2026-09-01\nreason = "x"',
            "until",
            "The days off end before they begin, or run too long.",
        ),
        (
            '[[days_off]]\ndate = 2026-09-03\nuntil = 2206-09-04\nreason = "x"',
            "until",
            "The days off end before they begin, or run too long.",
        ),
        (
            '[[days_off]]\ndate = 2026-01-10\nreason = "x"\nsource = ""',
            "date",
            "The date 10/01/2026 stands in this file a second time.",
        ),
        (
            '[[working_days]]\ndate = 2026-12-05\nhours = ["8:00-10:00", "9:00-11:00"]\nreason="x"',
            "hours",
            "The hours overlap or are out of order.",
        ),
        (
            '[[working_days]]\ndate = 2026-12-05\nhours = []\nreason = "x"',
            "hours",
            "working_days.1.hours must not be empty.",
        ),
    ],
)
def test_dates_that_cannot_be_are_refused(folder: Path, table: str, key: str, reason: str) -> None:
    path = folder / FILES[1]
    swapped = "[[swapped_days]]"
    changed(path, swapped, f"{table}\n\n{swapped}")
    reasons = {told: line for _file, line, told in problems(folder)}
    assert list(reasons) == [reason]
    first = line_of(path, table)
    # The second telling is the wrong one: of the two, the exchange is read last.
    where = line_of(path, "working = 2026-01-10") if "second" in reason else 0
    offset = [line.split(" ")[0] for line in table.split("\n")].index(key)
    assert reasons[reason] == (where or first + offset)


def test_a_week_without_hours_is_refused(folder: Path) -> None:
    path = folder / FILES[1]
    text = path.read_text("utf-8").replace('["07:30-11:30", "13:30-17:00"]', "[]")
    path.write_text(text, "utf-8")
    reasons = [(line, reason) for _file, line, reason in problems(folder)]
    assert (line_of(path, "[week]"), "No day of the week has working hours.") in reasons


def test_both_files_are_checked_before_anything_is_told(folder: Path) -> None:
    changed(folder / FILES[0], "amount = 10", "amount = 0")
    changed(folder / FILES[1], "[week]", "[weak]")
    assert {file for file, _line, _reason in problems(folder)} == set(FILES)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path / "nowhere")
    why = "The file cannot be read: No such file or directory."
    assert found == [(name, 1, why) for name in sorted(FILES)]


def test_a_file_of_another_encoding_is_told_with_its_line(folder: Path) -> None:
    path = folder / FILES[0]
    path.write_bytes("# một\n# hai\n".encode() + "# Nghi Dương é".encode("utf-16") + b"\n")
    assert problems(folder) == [(FILES[0], 3, "The file is not saved as UTF-8.")]


def test_a_file_that_ends_too_early_is_told_at_its_last_line(folder: Path) -> None:
    path = folder / FILES[1]
    path.write_text('public_holidays = "VN"\n[week]\nmonday = [', "utf-8")
    [(file, line, reason)] = problems(folder)
    assert (file, line) == (FILES[1], 3)
    assert reason.startswith("This is not written as TOML")


def test_a_file_saved_by_notepad_is_read(folder: Path) -> None:
    path = folder / FILES[0]
    text = path.read_text("utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(folder) == load(SHIPPED)


def test_a_problem_is_told_as_file_line_reason_and_in_vietnamese(folder: Path) -> None:
    line = changed(folder / FILES[0], 'default_unit = "ttpvhcc"', 'default_unit = "bep"')
    with pytest.raises(BadCommune) as caught:
        load(folder)
    file = folder / FILES[0]
    assert str(caught.value).startswith(f"{file}:{line}: The unit bep is not known")
    assert caught.value.told("vi")[0].startswith(f"{file}:{line}: Không có đơn vị bep")


def test_a_commune_cannot_be_changed_after_it_was_read(commune: Commune) -> None:
    for name in ("slug", "units"):
        with pytest.raises(ValueError, match="frozen"):
            setattr(commune, name, "")
