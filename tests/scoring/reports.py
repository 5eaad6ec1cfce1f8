"""A report to draw documents from: the commune's own scheme, figures and words made up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from messages.languages import ZONE
from scoring.criteria import read
from scoring.facts import Decision, Facts
from scoring.periods import Period
from scoring.report import (
    Filed,
    FiledFile,
    Issuer,
    Month,
    Past,
    Report,
)
from scoring.scheme import Scheme
from scoring.scorecard import score
from scoring.tasks import drafted
from storage.period_rows import EvidenceRow, TicketRow
from storage.tables import milliseconds
from tests.scoring.invented import SHIPPED, UNITS, invented

TEMPLATE = SHIPPED.parent / "templates" / "report.docx"
H1 = Period("2026-H1", date(2026, 1, 1), date(2026, 6, 30))
H2_BEFORE = Period("2025-H2", date(2025, 7, 1), date(2025, 12, 31))
AFTERWARDS = date(2026, 7, 8)
FORMULA = '=HYPERLINK("http://example.vn","x")'

FACTS = Facts(
    counts={
        "feedback": {"received": 21, "answered": 19, "answered_on_time": 17, "late": 3},
        "dossier": {"due": 1310, "on_time": 1306, "late": 4, "apologised": 4},
        "letter": {"thanks": 4, "apology": 4},
        "guidance": {"shown": 1820, "scanned": 412},
    },
    evidence={"feedback.received": 21, "letter.thanks": 4, "letter.apology": 4, "dossier.late": 4},
    rating_sum=39,
    rating_count=9,
    today=AFTERWARDS,
)


def at(month: int, day: int = 5, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, 15, tzinfo=ZONE)


def decision(points: str, reason: str) -> Decision:
    return Decision(Decimal(points), reason, "Người Thử Nghiệm", at(7, 3))


# What the commune's own report of the first half of 2026 says of lost points.
NO_MONEY = "Chưa có kinh phí triển khai thực hiện."
FOUR_LATE = (
    "Có 04 hồ sơ TTHC giải quyết quá hạn (bao gồm: 02 hồ sơ đất đai; 01 hồ sơ bảo trợ xã hội; "
    "01 hồ sơ lĩnh vực hộ tịch)."
)
NO_INITIATIVE = "Không có công dân ở cộng đồng dân cư có sáng kiến, kinh nghiệm đề nghị công nhận"
NO_WAY_TO_COUNT = "Không có phương thức trích xuất chính xác kết quả. Dự kiến chưa đảm bảo 100%."
SEED_LOSSES: Mapping[str, Decision] = {
    "1.14": decision("0", NO_MONEY),
    "2.10": decision("0", NO_INITIATIVE),
    "2.11": decision("0", FOUR_LATE),
    "4.08": decision("0", NO_WAY_TO_COUNT),
}


def shipped() -> Scheme:
    return read(SHIPPED, UNITS)


def tickets(count: int) -> list[TicketRow]:
    return [
        TicketRow(
            code=f"PA26{n % 6 + 1:02}-{n:04}",
            kind="feedback",
            category="giaothong" if n % 2 else "moitruong",
            unit="kinhte",
            channel="zalo",
            state="closed",
            received_at=at(n % 6 + 1, n % 27 + 1),
            due_at=at(n % 6 + 1, n % 27 + 1) + timedelta(days=14),
            answered_at=at(n % 6 + 1, n % 27 + 1) + timedelta(days=3) if n % 3 else None,
            on_time=True if n % 3 else None,
            rating=n % 5 + 1 if n % 3 else None,
        )
        for n in range(count)
    ]


def happened(count: int) -> list[EvidenceRow]:
    return [
        EvidenceRow(
            id=n + 1,
            milliseconds=milliseconds(at(n % 6 + 1, n % 27 + 1)),
            kind=("feedback.received", "guidance.shown", "rating")[n % 3],
            channel="web",
            about=FORMULA if n % 7 == 1 else "PA2601-0001",
            unit="ttpvhcc",
            place="",
            value=n % 5 + 1 if n % 3 == 2 else None,
        )
        for n in range(count)
    ]


def filed(component: str, words: str, *, files: int = 0) -> Filed:
    return Filed(
        code="MC2603-0003",
        component=component,
        day=date(2026, 3, 1),
        words=words,
        by="Người Nộp",
        unit="vp",
        confirmed_by="Người Xác Nhận",
        files=tuple(FiledFile(f"ảnh {n}.jpg", "a" * 64, "image/jpeg") for n in range(files)),
    )


def report(facts: Facts = FACTS, scheme: Scheme | None = None, **more: object) -> Report:
    """A report on the first half of 2026, everything in it unless the test says otherwise."""
    scheme = scheme or shipped()
    card = score(facts, scheme, H1)
    before = Facts(counts={"feedback": {"received": 8}}, today=AFTERWARDS)
    months = [
        Month(
            start=date(2026, month, 1),
            received={"giaothong": month, "moitruong": 1} if month < 6 else {},
            answered=4 if month < 5 else 3 if month == 5 else 0,
            on_time=4 if month < 5 else 1 if month == 5 else 0,
            rating_count=3 if month < 4 else 0,
            rating_sum=13 if month < 4 else 0,
        )
        for month in range(1, 7)
    ]
    made = Report(
        card=card,
        facts=facts,
        issuer=Issuer("xã Nghi Dương", "Ủy ban nhân dân xã Nghi Dương", "thành phố Hải Phòng"),
        made_at=at(7, 8, 7),
        units={"ttpvhcc": "Trung tâm Phục vụ hành chính công", "vhxh": "Phòng Văn hóa - Xã hội"},
        categories={"giaothong": "Giao thông, đường sá, đèn đường", "moitruong": "Môi trường"},
        states={"closed": "đã đóng"},
        months=months,
        previous=Past(score(before, scheme, H2_BEFORE), before),
        tickets=tickets(21),
        evidence=happened(30),
        evidence_rows=30,
        tasks=drafted(card),
    )
    return replace(made, **more)  # type: ignore[arg-type] # the fields a test names


def all_known() -> Report:
    """A report by the invented scheme, of which every maximum is known."""
    return report(scheme=invented())
