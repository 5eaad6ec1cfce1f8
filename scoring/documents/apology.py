"""The letter of apology as PDF: form 04 of Thông tư 03/2025/TT-VPCP, Phụ lục I.

The form's own wording is not at hand; its parts are: number, to whom, day of receipt, procedure,
personal number, dossier code, appointed time, reason, apology, new date, signature. What we do
not know (the registry's number, the personal number) stays a dotted line to be filled in by hand.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Literal

DOTS = "........................"


@dataclass(frozen=True, slots=True)
class ApologyForm:
    """What stands in the letter; "" and None leave a dotted line.

    Attributes:
        office: the body that signs, "Ủy ban nhân dân xã …".
        unit: the unit that handles the dossier.
        place: the commune, before the date.
        day: the day of the letter.
        to: whom it is for.
        procedure: the name of the procedure.
        code: the dossier's.
        received: when it was received, in words.
        due: the date that was missed, in words.
        reason: why.
        new_due: the one new date in words, "" where the result is there.
        finished: since when the result is there, in words.
        signer: the leader who approved it.
    """

    office: str
    unit: str
    place: str
    day: date
    to: str
    procedure: str
    code: str
    received: str
    due: str
    reason: str
    new_due: str
    finished: str
    signer: str


SOURCE = """
#let told = json(bytes(sys.inputs.told))
#let dots = told.dots
#let say(value) = if value == "" { dots } else { value }
#set document(title: "Phiếu xin lỗi và đề nghị gia hạn " + told.code)
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 20mm))
#set text(font: "Libertinus Serif", size: 14pt, lang: "vi")
#set par(justify: true, leading: 0.8em, spacing: 0.9em)
#set par(first-line-indent: (amount: 10mm, all: true))
#let rule(length) = line(length: length, stroke: 0.6pt)
#let plain(body) = par(first-line-indent: 0mm, justify: false, body)

#grid(columns: (2fr, 3fr), align: center, column-gutter: 3mm,
  stack(spacing: 2.5mm,
    plain(text(size: 13pt, upper(told.office))),
    plain(text(size: 13pt, weight: "bold", upper(told.unit))),
    rule(18mm),
    plain[Số: ......../PXL],
  ),
  stack(spacing: 2.5mm,
    plain(text(size: 12.5pt, weight: "bold")[CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM]),
    plain(text(weight: "bold")[Độc lập - Tự do - Hạnh phúc]),
    rule(52mm),
    plain(emph[#told.place, ngày #told.dd tháng #told.mm năm #told.yyyy]),
  ),
)

#v(8mm)
#align(center)[
  #set text(size: 15pt, weight: "bold")
  #plain[PHIẾU XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN\\ THỜI GIAN TRẢ KẾT QUẢ]
]
#v(4mm)
#align(center)[#plain[Kính gửi: #say(told.to)]]
#v(3mm)

Ngày #say(told.received), #told.office tiếp nhận hồ sơ đề nghị giải quyết thủ tục hành chính:
#say(told.procedure).

Số định danh: #dots

Mã số hồ sơ: #strong[#told.code]

Thời gian hẹn trả kết quả giải quyết hồ sơ: #say(told.due).

Đến nay, #told.office chưa trả được kết quả giải quyết hồ sơ đúng thời gian đã hẹn. Lý do:
#say(told.reason)

#told.office xin lỗi Ông/Bà (tổ chức) vì sự chậm trễ này.

#if told.new_due != "" [
  Chúng tôi sẽ trả kết quả cho Ông/Bà (tổ chức) vào #strong[#told.new_due].
] else [
  Kết quả giải quyết hồ sơ đã có từ #strong[#say(told.finished)].
]

Mong nhận được sự thông cảm của Ông/Bà (tổ chức).

#v(8mm)
#grid(columns: (2fr, 3fr), align: (left, center),
  [],
  [
    #plain[#strong[THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ]]
    #plain[#emph[(Ký, ghi rõ họ tên)]]
    #v(22mm)
    #plain[#strong[#say(told.signer)]]
  ],
)
"""


def as_pdf(form: ApologyForm) -> bytes:
    """Draw the letter; what it says only ever comes in as data, never as markup."""
    return _drawn(form, "pdf")


def as_picture(form: ApologyForm) -> bytes:
    """Draw the letter as PNG, for a look."""
    return _drawn(form, "png")


def _drawn(form: ApologyForm, kind: Literal["pdf", "png"]) -> bytes:
    import typst  # noqa: PLC0415 - 80 MB that most runs never need

    told = {
        "dots": DOTS,
        "dd": f"{form.day:%d}",
        "mm": f"{form.day:%m}",
        "yyyy": f"{form.day:%Y}",
        **{name: getattr(form, name) for name in _PLAIN},
    }
    # Several pages would come as several pictures; a letter is one.
    return typst.compile(
        SOURCE.encode(),
        format=kind,
        ppi=80,
        ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
    )


_PLAIN = (
    "office",
    "unit",
    "place",
    "to",
    "procedure",
    "code",
    "received",
    "due",
    "reason",
    "new_due",
    "finished",
    "signer",
)
