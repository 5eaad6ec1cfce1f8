"""Every reader of what comes from outside: how it is called, and what it may say of bad input.

One table for two ways of trying: `tests/fuzz/test_parsers.py` with examples of hypothesis in every
run, `python -m tests.fuzz` with those that atheris finds by coverage, for as long as one likes.
"""

import hashlib
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from PIL import Image

from bot import dossier_sheet, photos, restore, rollup, spreadsheet
from bot.channels.split import split, utf16_length
from bot.channels.telegram import inbound as telegram
from bot.channels.web import inbound as web
from bot.channels.web.uploads import BadUpload, Uploads
from bot.channels.zalo import inbound as zalo
from bot.pages.media import MediaLinks
from bot.refusal import Refusal
from handlers import commune as communes
from handlers import letter_forms, survey_forms
from handlers.broadcast import moment_in
from handlers.commune import BadCommune
from handlers.contact import mobile
from handlers.dossier import code_in, parted
from handlers.dossier_columns import NoTable, find
from handlers.dossier_rows import Rows
from handlers.households import read_list
from handlers.letter_drafting import day_in
from handlers.procedures import as_date, read_fee
from handlers.rating import points_in
from handlers.roster import hours_of
from handlers.understanding import guess_category
from messages.codes import invite_code, ticket_code
from messages.envelope import Address
from messages.vietnamese import clean, read
from scoring import criteria, periods
from scoring.criteria import BadCriteria
from scoring.documents import tables
from scoring.facts import COUNTED
from scoring.periods import BadPeriod
from scoring.rollup import BadReport
from scoring.rollup import read as read_report
from storage.migrate import TooNew, known_revisions
from tests.conftest import COMMUNE

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SOMEBODY = Address("web", "somebody-0123456789")


@dataclass(frozen=True)
class Parser:
    """A reader of what comes from outside.

    Attributes:
        read: is given bytes.
        refuses: what it raises for what it cannot read; anything else is a fault.
        seeds: good input, of which bad input is made.
    """

    read: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...] = ()
    seeds: tuple[bytes, ...] = ()


def _text(
    read: Callable[[str], object], errors: str = "surrogateescape"
) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", errors))


def _json(read: Callable[[object], object]) -> Callable[[bytes], object]:
    def reads(data: bytes) -> object:
        try:
            told = json.loads(data)
        except (ValueError, RecursionError):
            return None  # Said with 400 before any reader is asked.
        return read(told)

    return reads


def _file(read: Callable[[Path], object], name: str = "file") -> Callable[[bytes], object]:
    def reads(data: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_bytes(data)
            return read(path)

    return reads


def _commune(name: str, load: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Put a file into a copy of the shipped commune, and load that."""

    def reads(data: bytes) -> object:
        with tempfile.TemporaryDirectory() as there:
            folder = Path(there)
            for path in COMMUNE.glob("*.*"):
                (folder / path.name).symlink_to(path)
            (folder / name).unlink(missing_ok=True)
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
            return load(folder)

    return reads


def _letters(folder: Path) -> None:
    (folder / "letters" / "thu.docx").symlink_to(COMMUNE / "letters" / "thu.docx")
    letter_forms.load(folder)


def _zalo(told: object) -> None:
    if isinstance(told, dict) and (found := zalo.read(told, NOW)) is not None:
        zalo.left_out(told, found)
        zalo.official_account(told)


@cache
def _rules() -> communes.Commune:
    return communes.load(COMMUNE)


def _dossiers(path: Path) -> None:
    sheets = dossier_sheet.read(path)
    table = find([dossier_sheet._head(sheet) for sheet in sheets], _rules().dossiers)  # type: ignore[misc] # lists come out of it, as from a process
    rows = Rows(_rules(), table)
    rows.read([dossier_sheet._plain(row) for row in sheets[table.sheet][2]])
    rows.finish()


def _upload(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        uploads = Uploads(Path(folder), lambda: NOW)
        kept = uploads.keep(data, person="somebody")
        assert uploads.open(kept.ref) == data


def _backup(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        restore._unpacked(path, Path(folder, "unpacked"))
        assert {one.name for one in Path(folder).iterdir()} <= {"unpacked"}


def _link(token: str) -> None:
    links = MediaLinks("key", lambda: NOW)
    found = links.read(token)
    assert found is None or links.read(links.path(*found).rpartition("/")[2]) == found


def _words(text: str) -> None:
    for look in (mobile, day_in, moment_in, hours_of, points_in, as_date, read_fee, guess_category):
        look(text)
    for code in (ticket_code, invite_code, code_in, parted):
        code(text)
    read_list(text)
    read(clean(text))
    for part in split(text, 40, utf16_length):
        assert part


def _picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(kept, "JPEG")
    return kept.getvalue()


def _workbook() -> bytes:
    import xlsxwriter  # noqa: PLC0415 - for a seed only

    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    sheet = book.add_worksheet("Hồ sơ")
    sheet.write_row(0, 0, ["Mã hồ sơ", "Trạng thái", "Ngày hẹn trả", "Số điện thoại"])
    sheet.write_row(1, 0, ["H24.107-261123-0015", "Đang xử lý", "25/11/2026", "0912345678"])
    book.close()
    return kept.getvalue()


def _document() -> bytes:
    import docx  # noqa: PLC0415 - for a seed only

    document = docx.Document()
    table = document.add_table(2, 3)
    for place, words in enumerate(("TT", "Tiêu chí", "Điểm tối đa", "1", "Công khai", "10")):
        table.cell(place // 3, place % 3).text = words
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _archive() -> bytes:
    kept = io.BytesIO()
    database = b"SQLite format 3\0"
    manifest = {
        "format": 1,
        "revision": min(known_revisions()),
        "made_at": "2026-11-23T09:00:00+07:00",
        "database": "sqlite",
        "key": "",
        "files": {"database": hashlib.sha256(database).hexdigest()},
    }
    parts = {"database": database, "manifest.json": json.dumps(manifest).encode()}
    with tarfile.open(fileobj=kept, mode="w:gz") as archive:
        for name, content in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return kept.getvalue()


SAID = {
    "event_name": "user_send_text",
    "app_id": "1",
    "sender": {"id": "246845883529190077"},
    "recipient": {"id": "388613280878808645"},
    "message": {"text": "Đường ngập", "msg_id": "7", "attachments": [{"type": "image"}]},
    "timestamp": "1760000000000",
}
UPDATE = {
    "update_id": 715,
    "message": {
        "message_id": 31,
        "date": 1760000000,
        "chat": {"id": 52, "type": "private", "first_name": "Lan"},
        "from": {"id": 52, "is_bot": False, "first_name": "Lan"},
        "text": "/gopy Đường ngập",
        "entities": [{"type": "bot_command", "offset": 0, "length": 5}],
    },
}
FRAME = {"id": 1, "text": "Đường ngập", "choice": "", "attachments": [], "seen": [1]}
REPORT = {
    "period": {"name": "2026-H2", "start": "2026-07-01", "end": "2026-12-31"},
    "counts": {subject: dict.fromkeys(names, 0) for subject, names in COUNTED.items()},
    "criteria": [],
    "total": {"min": 0, "max": 100, "unknown_points": 100},
    "level": {"min": None, "max": None, "source": "x"},
}
CSV = "Mã hồ sơ,Trạng thái,Ngày hẹn trả\r\nA-1,Đang xử lý,9999-12-31T23:59:00-12:00\r\n".encode()
WORDS = tuple(
    words.encode()
    for words in (
        "PA2611-7K3M",
        "H24.107-261123-0015 5678",
        "8/11/2026",
        "17:30 thứ Ba 24/11/2026",
        "07:30-11:30",
        "Nguyễn Văn An; có\nTrần Thị Bé; chưa",
        "10.000 đồng/bản từ 01/07/2026",
        "4 sao",
        "0912 345 678",
    )
)


def _shipped(name: str) -> tuple[bytes, ...]:
    return ((COMMUNE / name).read_bytes(),)


def _web(data: bytes) -> object:
    raw = data.decode("utf-8", "surrogateescape")
    return web.read(raw, SOMEBODY, language="vi", now=NOW, find=lambda _ref: None)


PARSERS: Mapping[str, Parser] = {
    "zalo event": Parser(_json(_zalo), (), (json.dumps(SAID).encode(),)),
    "telegram update": Parser(
        _json(lambda told: telegram.read(told, now=NOW)),
        (telegram.Unreadable,),
        (json.dumps(UPDATE).encode(),),
    ),
    "web frame": Parser(_web, (web.BadFrame,), (json.dumps(FRAME).encode(),)),
    "upload": Parser(_upload, (BadUpload,), (_picture(), b"OggS\0\2")),
    "photo": Parser(photos.without_traces, (photos.BadPhoto,), (_picture(),)),
    "dossier export": Parser(
        _file(_dossiers), (dossier_sheet.Unreadable, NoTable), (CSV, _workbook())
    ),
    "procedure table": Parser(
        _file(spreadsheet.read),
        (spreadsheet.BadTable,),
        (*(one[:600] for one in _shipped("procedures.csv")), _workbook()),
    ),
    "annex as a document": Parser(
        _file(tables.rows_of, "annex.docx"), (tables.NoTable,), (_document(),)
    ),
    "annex as a workbook": Parser(
        _file(tables.rows_of, "annex.xlsx"), (tables.NoTable,), (_workbook(),)
    ),
    "commune.toml": Parser(
        _commune("commune.toml", communes.load), (BadCommune,), _shipped("commune.toml")
    ),
    "calendar.toml": Parser(
        _commune("calendar.toml", communes.load), (BadCommune,), _shipped("calendar.toml")
    ),
    "criteria.toml": Parser(_file(criteria.read), (BadCriteria,), _shipped("criteria.toml")),
    "publications.toml": Parser(
        _commune("publications.toml", communes.load_publications),
        (BadCommune,),
        _shipped("publications.toml"),
    ),
    "letters": Parser(
        _commune("letters/letters.toml", _letters), (BadCommune,), _shipped("letters/letters.toml")
    ),
    "survey": Parser(
        _commune("surveys/hailong.toml", survey_forms.load),
        (BadCommune,),
        _shipped("surveys/hailong.toml"),
    ),
    "report of another commune": Parser(
        _file(lambda path: read_report("a", rollup._content(path))),
        (BadReport,),
        (json.dumps(REPORT).encode(),),
    ),
    "backup": Parser(_file(_backup), (Refusal, TooNew), (_archive(),)),
    # A request line of other bytes is refused by the server itself.
    "signed link": Parser(
        _text(_link, "replace"),
        (),
        (MediaLinks("key", lambda: NOW).path("a" * 64, "ảnh.jpg")[7:].encode(),),
    ),
    "period": Parser(
        _text(lambda text: periods.parse(text, date(2026, 11, 23))),
        (BadPeriod,),
        (b"2026-H1", b"2026-Q3", b"2026-07", b"2026-01-01..2026-06-30"),
    ),
    "what people type": Parser(_text(_words), (), WORDS),
}


def packed(name: str, content: bytes) -> bytes:
    """Give a workbook whose one part of a name holds this, so that its bytes reach the reader."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook())) as whole,
        zipfile.ZipFile(kept, "w") as archive,
    ):
        for part in whole.namelist():
            archive.writestr(part, content if part == name else whole.read(part))
    return kept.getvalue()
