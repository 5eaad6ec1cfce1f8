"""What the law does not let a bot take: denunciations and complaints, found in free text.

A *denunciation* (tố cáo, Luật Tố cáo 25/2018 Đ.22: only in writing or in person) accuses someone
who holds an office, a duty or public money of breaking the law, with or without the word. A
*complaint* (khiếu nại, Luật Khiếu nại 02/2011 Đ.8) disputes an authority's decision or act that
hits the person who writes. Slowness and rudeness are feedback, crimes of private people are for
the police.

A question about the procedure itself (`thời hạn giải quyết tố cáo`, `mẫu đơn khiếu nại`) accuses
nobody and is answered as guidance; `muốn tố cáo thì gửi ở đâu` announces one and is stopped with
the directions, before details are typed.
"""

import re
from functools import lru_cache
from typing import Final

from handlers.accusations import OFFICIAL, accuses
from handlers.intents import Intent
from messages.vietnamese import Reading, fold, read

_BEFORE_TALL: Final = (
    "cay nha toa tuong cot dang hinh chang rat qua be lung than cung vua hoi tru ca"
)
_AFTER_TALL: Final = """
    lon khoe hon nhu qua che chan tang dep map pho ngat nhat vam luc lam the deo mac den trang
    rao vat chot vut so nhi
"""
_TALL_BEFORE: Final = frozenset(_BEFORE_TALL.split())
_TALL_AFTER: Final = frozenset(_AFTER_TALL.split())
_ACCUSES_AFTER: Final = re.compile(
    rf" to cao(?: \S+){{0,3}}? (?:ong|ba|anh|chi|co|{OFFICIAL})(?= )"
)
_ACCUSES_BEFORE: Final = re.compile(
    r" (?:toi|em|con|minh|tui|muon|xin|don|gui|lam don|viet don|can|dan|nguoi|bi|phai|da|se|"
    r"hay|giai quyet|thu tuc|khieu nai) to cao(?= )"
)
_WRITTEN: Final = re.compile(
    r"(?<!\w)(?:t[ốổôồộỗóọ]\s*[ck]á[oó]+|tố+\s*[ck][aàảạá][oó]+|to\s*cáo+)(?!\w)(?!\s*phó)"
)
# `tố ông trưởng thôn`; without its mark it might be a beehive (tổ ong).
_DENOUNCES_SOMEONE: Final = re.compile(
    r"(?<!\w)tố +(?:giác|ông|bà|anh|chị|cô|thầy|cán bộ|trưởng|phó|chủ tịch|bí thư|công an"
    r"|kế toán)(?!\w)"
)
_ABOUT_THE_WAY: Final = re.compile(
    r" (?:thu tuc|quy trinh|thoi han|mau(?: don)?|luat|nghi dinh|bao ve|tham quyen|the nao la"
    r"|khai niem|dieu kien|bao lau|bao nhieu ngay|la gi|khac (?:nhau|gi))(?= )"
)
_ANNOUNCED: Final = re.compile(
    r" (?:toi|em|con|minh|tui|chau|gia dinh|chung toi|bac) (?:\S+ )?(?:muon|xin|can|se|da|dinh"
    r"|phai)?"
    r" ?(?:to cao|to giac|khieu nai)(?= )"
)
# The head of a denunciation that was copied: `Người tố cáo: …`, `Nội dung tố cáo: …`.
_COPIED: Final = re.compile(r"\b(?:nguoi(?: bi)?|noi dung) to cao *[:–-] *\w")
# `Công dân Trần Văn B tố cáo …`; who may or has to denounce is told of the way.
_SOMEBODY_DENOUNCES: Final = re.compile(
    r" (?:cong dan|cu tri|nguoi dan|ong|ba|anh|chi|toi)"
    r"(?: (?!(?:muon|can|co|quyen|duoc|gui|don|se|neu|khi|phai|thi|hay|khong|chua|ve) )\S+){1,5}"
    r" to cao(?= )"
)

_AGAINST: Final = re.compile(
    r" (?:khong (?:dong y|chap nhan|nhat tri|tam phuc|thoa dang|dong tinh|dung)|chua thoa dang"
    r"|phan doi|la sai|sai trai|sai luat|vo ly|oan|bat cong|(?<! co) phai xem lai|(?:de nghi"
    r"|yeu cau) xem lai"
    r"|khong (?:den bu|boi thuong|co ly do|bao truoc)|trai (?:luat|phap luat)"
    r"|kien ra toa|huy bo)(?= )"
)
_DECIDED: Final = re.compile(
    r" (?:quyet dinh|(?:xu )?phat (?:toi|em|hanh chinh|nha|\d)|thu hoi|cuong che|den bu|boi thuong"
    r"|ket luan|bien ban|cat tro cap|bac don|tu choi ho so)(?= )"
)
_COMPLAINT_IN_ENGLISH: Final = re.compile(
    r" (?:complain\w*|appeal|object|disput\w*|challenge|disagree)(?: \S+){0,6}?"
    r" (?:decision|fine|penalty|revo\w+|compensation|order)(?= )| (?:file|lodge|submit|make) an?"
    r"(?: \S+)? complaint(?= )"
)


def forbidden(text: str | Reading) -> Intent | None:
    """Return `DENUNCIATION` or `COMPLAINT` where the text must not be taken, else nothing.

    Meant for every text and caption that could be filed; pure, and below a millisecond.
    """
    return _forbidden(text if isinstance(text, Reading) else read(text))


@lru_cache(maxsize=64)
def _forbidden(reading: Reading) -> Intent | None:
    """Ask once what several ask in one turn."""
    if denounces(reading):
        return Intent.DENUNCIATION
    if complains(reading):
        return Intent.COMPLAINT
    return None


def denounces(reading: Reading) -> bool:
    """Tell whether the text announces or makes a denunciation."""
    return denounces_by_name(reading) or accuses(reading)


def denounces_by_name(reading: Reading) -> bool:
    """Tell whether the text uses the words tố cáo, tố giác in earnest, for a case of its own."""
    line = reading.line
    named = (
        " to giac " in line
        or _says_to_cao(reading)
        or bool(_DENOUNCES_SOMEONE.search(reading.text))
    )
    if not named:
        return False
    if _ABOUT_THE_WAY.search(line) and not _ANNOUNCED.search(line):
        return bool(_ACCUSES_AFTER.search(line)) or accuses(reading)
    return True


def quotes_denunciation(text: str) -> bool:
    """Tell whether an official's words accuse somebody, or say who does; to name the way does not.

    An official has to write "đơn tố cáo gửi đến …": the word alone is no denunciation here.
    """
    reading = read(text)
    line = reading.line.replace(" ong ba ", " ")
    if accuses(reading):
        return True
    if not (" to giac " in line or _says_to_cao(reading)):
        return False
    if _ACCUSES_AFTER.search(line) or _SOMEBODY_DENOUNCES.search(line):
        return True
    return _COPIED.search(fold(reading.text)) is not None


def complains(reading: Reading) -> bool:
    """Tell whether the text disputes a decision or act of an authority."""
    line = reading.line
    if " khieu nai " in line:
        return not _ABOUT_THE_WAY.search(line) or bool(_ANNOUNCED.search(line))
    if _COMPLAINT_IN_ENGLISH.search(line):
        return True
    return bool(_AGAINST.search(line) and _DECIDED.search(line))


def _says_to_cao(reading: Reading) -> bool:
    """Tell tố cáo from to cao (tall), tờ cáo phó and toà cao; marks decide where they are used."""
    line = reading.line
    if reading.marked and _WRITTEN.search(reading.text):
        return True
    place = line.find(" to cao ")
    if place < 0:
        return False
    before = line[:place].rpartition(" ")[2]
    after = line[place + len(" to cao ") :].partition(" ")[0]
    tall = before in _TALL_BEFORE or after in _TALL_AFTER
    if reading.marked and "to cao" in reading.text:
        # The writer sets marks and set none here: tall, unless somebody is plainly accused.
        return not tall and bool(_ACCUSES_AFTER.search(line) or _ACCUSES_BEFORE.search(line))
    if reading.marked and "to" not in reading.text.split():
        # Some other marked pair (tờ cáo, tô cao) that only looks alike once folded.
        return False
    return not tall
