"""Exports as staff would make them, in each form Excel and the systems write."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

import openpyxl

from bot.dossier_import import Progress, bring_in
from handlers.commune import Commune
from handlers.dossier_export import Outcome
from storage.database import Store
from storage.dossiers import Exported
from storage.dossiers_import import DossierImport
from tests.conftest import Hands
from tests.transcript import Talk

TITLES = (
    "Mã hồ sơ",
    "Người nộp",
    "Số điện thoại",
    "Tên thủ tục",
    "Lĩnh vực",
    "Đơn vị xử lý",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày có kết quả",
    "Trạng thái",
    "Hình thức nộp",
)
CODE = "H24.107-261116-0001"
PHONE = "0900 000 123"
DIGITS = "0123"


def row(code: object = CODE, **values: object) -> list[object]:
    """A dossier as a row below `TITLES`; its places can be given by name."""
    told: dict[str, object] = {
        "applicant": "Người mẫu A",
        "phone": PHONE,
        "procedure": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "unit": "Trung tâm Phục vụ hành chính công",
        "received": "16/11/2026 08:00",
        "due": "25/11/2026 17:00",
        "finished": "",
        "status": "Đang xử lý",
        "channel": "Trực tuyến",
    }
    return [code, *(told | values).values()]


def csv_of(rows: Sequence[Sequence[object]], titles: Sequence[str] = TITLES) -> bytes:
    """A CSV file as Excel writes it."""
    text = io.StringIO()
    csv.writer(text).writerows([titles, *rows])
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(
    rows: Sequence[Sequence[object]],
    titles: Sequence[str] = TITLES,
    *,
    above: Sequence[Sequence[object]] = (),
    merged: Sequence[str] = (),
    sheets: Mapping[str, Sequence[Sequence[object]]] | None = None,
) -> bytes:
    """A workbook: sheets of other things first, then the table of dossiers."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, cells in (sheets or {}).items():
        other = book.create_sheet(name)
        for line in cells:
            other.append(list(line))
    sheet = book.create_sheet("Hồ sơ")
    for line in (*above, titles, *rows):
        sheet.append(list(line))
    for span in merged:
        sheet.merge_cells(span)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


class Ways(TypedDict, total=False):
    """How a file may be imported."""

    dry: bool
    gone_too: bool
    progress: Progress


class Importer:
    """Imports files into a store."""

    def __init__(self, store: Store, commune: Commune, hands: Hands, folder: Path) -> None:
        self.store, self.commune, self.hands, self.folder = store, commune, hands, folder

    async def __call__(self, content: bytes, **more: Unpack[Ways]) -> Outcome:
        path = self.folder / "export"
        path.write_bytes(content)
        return await bring_in(self.store, self.commune, self.hands, path, **more)

    async def rows(self, *rows: Sequence[object], **more: Unpack[Ways]) -> Outcome:
        """Import rows as a CSV file."""
        return await self(csv_of(rows), **more)


async def imported(talk: Talk, *dossiers: Exported) -> None:
    """Let readers see these dossiers."""
    importing = DossierImport(talk.store, talk.hands)
    await importing.begin()
    await importing.add(dossiers)
    await importing.finish(gone_too=True)


def moment(text: str) -> datetime:
    """A moment in Viet Nam, "2026-11-25 17:00"."""
    return datetime.fromisoformat(f"{text}+07:00")
