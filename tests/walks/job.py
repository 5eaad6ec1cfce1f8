"""The whole job, alike on every channel: a citizen's message becomes a line of the report."""

import asyncio
import io
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, Image

from messages.text import _
from tests.walks.administrator import Administrator
from tests.walks.phones import PATIENCE, Phone

STORY = "Đường thôn 3 có ổ gà to trước nhà văn hoá, xe đi rất khó 😡 <b>{x}</b> & co"
ONE_LINE = "Rác ở đầu ngõ số 7 để ba ngày chưa ai dọn"
ASKED_BACK = "Ổ gà ở trước số nhà nào ạ? Rộng chừng bao nhiêu?"
ADDED = "Ngay trước số 12, rộng gần một mét"
ANSWER = (
    "Xã đã cho vá xong ổ gà lúc 15 giờ hôm nay.\n\n"
    "1. Nếu còn hỏng, ông/bà nhắn lại giúp.\n"
    "Cảm ơn ông/bà <3 {không} %s"
)
COMMENT = "Vá nhanh, cảm ơn anh chị"
ACCUSED_NAME, ACCUSED_PLACE = "Quàng Văn Xíu", "Lũng Ngoài"
DENOUNCED = (ACCUSED_NAME, ACCUSED_PLACE, "38 triệu")
"""Words of a denunciation that stand nowhere else."""
DENUNCIATION = (
    f"Tôi tố cáo ông {ACCUSED_NAME}, cán bộ địa chính xã, ăn tiền hỗ trợ 38 triệu của dân thôn "
    f"{ACCUSED_PLACE}"
)
WAYS_TO_DENOUNCE = 4
TICKET = re.compile(r"PA\d{4}-[0-9A-HJKMNP-TV-Z]{4}")
OFFICERS, STAFF = ("Đào Thị Trực", "Bùi Văn Nhì"), "Ngô Thị Sổ"


@dataclass(frozen=True)
class Cast:
    """Who takes part."""

    citizen: Phone
    officer: Phone
    staff: Phone
    admin: Administrator


def photo() -> bytes:
    """Make a photo as a phone takes it, with the place where it was taken."""
    image = Image.new("RGB", (320, 240), "tan")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Máy ảnh của bà Năm"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (20.0, 43.0, 12.0)
    kept = io.BytesIO()
    image.save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def code_in(text: str) -> str:
    """Find the ticket's code."""
    found = TICKET.search(text)
    assert found, text
    return found[0]


async def denounces_in_every_way(citizen: Phone) -> None:
    """Denounce in free words, in one line, under a photo and in the middle of a draft."""
    stopped = _("We have not kept what you just wrote, and nobody here will see it.")
    await citizen.says(DENUNCIATION)
    await citizen.hears(stopped)
    await citizen.says(f"/gopy {DENUNCIATION}")
    await citizen.hears(stopped)
    await citizen.sends_photo(photo(), DENUNCIATION)
    await citizen.hears(stopped)
    await citizen.says("/gopy")
    await citizen.hears(_("What is it about? Please choose."))
    await citizen.chooses("Giao thông")
    await citizen.hears(_("Please tell in one message what happened and where."))
    await citizen.says(DENUNCIATION)
    await citizen.hears(stopped)


async def until_kept(folder: Path) -> None:
    """Wait until the citizen's photo is kept; where it was taken is not."""
    kept: list[Path] = []
    async with asyncio.timeout(PATIENCE):
        while not kept:
            # It is fetched by another process, which tells nobody.
            await asyncio.sleep(0.1)
            kept = [one for one in _media(folder) if one.is_file()]
    with Image.open(kept[0]) as image:
        assert image.size == (320, 240)
        assert not image.getexif()


def _media(folder: Path) -> list[Path]:
    return [one for one in (folder / "media").rglob("*") if one.suffix != ".part"]


async def come_on_duty(admin: Administrator, *phones: Phone) -> None:
    """Let officers be invited, accept and go on duty; they are called as in OFFICERS."""
    names = OFFICERS[: len(phones)]
    codes = await asyncio.gather(*(admin.invites("officer", name) for name in names))
    for phone, code, name in zip(phones, codes, names, strict=True):
        await phone.says(f"/start {code}")
        await phone.hears(name, "/truc on")
        await phone.says("/truc on")
        await phone.hears(_("You are on duty now: new tickets come to you."))


async def ask_first(citizen: Phone) -> None:
    """Let a citizen ask for a guide, by its code and by what people call it, and for a dossier."""
    await citizen.says("#ks01")
    await citizen.hears("KS01", "/q/KS01")
    await citizen.says("cháu nhà tôi mới sinh, làm giấy khai sinh cần gì")
    await citizen.hears("KS01", "/q/KS01")
    await citizen.says("/hoso H24.107-261123-0015")
    await citizen.hears("H24.107-261123-0015")


async def file_step_by_step(citizen: Phone) -> str:
    """Let a citizen come in by the menu and file a ticket with a photo and a pin; give its code."""
    await citizen.says("/start")
    await citizen.hears("Ủy ban nhân dân xã Nghi Dương", "/riengtu")
    await citizen.chooses(_("Send feedback"))
    await citizen.hears(_("What is it about? Please choose."))
    await citizen.chooses("Giao thông")
    await citizen.hears(_("Please tell in one message what happened and where."))
    await citizen.says(STORY)
    await citizen.hears(_("Do you have photos? Send them now, or choose Continue."))
    await citizen.sends_photo(photo())
    await citizen.hears(_("Do you have photos? Send them now, or choose Continue."))
    await citizen.chooses(_("Continue"))
    await citizen.hears(_("Where is it? Send your location, or tell the place in words."))
    await citizen.sends_place(20.72, 106.66)
    await citizen.hears(_("Please look it over before sending:"), STORY)
    await citizen.chooses(_("Send"))
    told = await citizen.hears(_("Thank you. We have received your feedback."))
    # The privacy line: what becomes of what was sent.
    assert "/xoadulieu" in told
    return code_in(told)


async def walk(cast: Cast) -> str:
    """Walk through the whole job; give the ticket's code."""
    citizen, officer, admin = cast.citizen, cast.officer, cast.admin
    await come_on_duty(admin, officer)
    await ask_first(citizen)
    code = await file_step_by_step(citizen)
    card = await officer.hears(_("New ticket {code}", code=code), STORY)
    assert "mlat=20.72000&mlon=106.66000" in card
    await officer.chooses(_("Claim {code}", code=code[-4:]))
    await officer.hears(_("You have taken ticket {code}.", code=code))
    await officer.says(f"/hoi {code} {ASKED_BACK}")
    await citizen.hears(code, ASKED_BACK)
    await officer.hears(_("✓ Delivered to the citizen: ticket {code}.", code=code))
    await citizen.says(ADDED)
    await citizen.hears(_("I have added it to your ticket {code}.", code=code))
    await officer.hears(_("The citizen wrote more about {code}:", code=code), ADDED)
    await officer.says(f"/traloi {code} {ANSWER}")
    await rate(cast, code)
    await report(cast, code)
    return code


async def rate(cast: Cast, code: str) -> None:
    """Let the citizen read the answer word for word, rate it and say a word about it."""
    citizen = cast.citizen
    await citizen.hears(_("Answer to your feedback {code}:", code=code), f"\n{ANSWER}\n")
    await citizen.rates(4, _("Satisfied"))
    await citizen.hears(_("Thank you for your rating."))
    await citizen.says(COMMENT)
    await citizen.hears(_("Thank you. Your comment goes to the unit."))
    await cast.officer.hears(_("Comment on the rating of {code}:", code=code), COMMENT)


async def report(cast: Cast, code: str) -> None:
    """Let staff ask for the report; the command line says the same, and the ticket agrees."""
    staff, admin = cast.staff, cast.admin
    await staff.says(f"/start {await admin.invites('staff', STAFF)}")
    await staff.hears(STAFF, "/report")
    figures, text, tickets = await asyncio.gather(
        admin.report(), admin.runs("report"), admin.tickets()
    )
    counted = figures["counts"]
    feedback = counted["feedback"]
    assert (feedback["received"], feedback["answered"], feedback["answered_on_time"]) == (1, 1, 1)
    assert feedback["late"] == 0
    assert counted["rating"] == {"count": 1, "average": 4}
    assert counted["guidance"] == {"shown": 2, "scanned": 0}
    assert counted["status"] == {"asked": 1, "found": 0}
    await staff.says("/report")
    *_sections, lines = text.rstrip().split("\n\n")
    await staff.hears(*lines.splitlines())
    (ticket,) = tickets
    shown = {name: ticket[name] for name in ("code", "state", "channel", "on_time", "rating")}
    assert shown == {
        "code": code,
        "state": "resolved",
        "channel": cast.citizen.channel,
        "on_time": True,
        "rating": 4,
    }
    events = [row["event"] for row in ticket["history"]]
    wanted = ["received", "claimed", "asked", "supplemented", "answered", "rated", "commented"]
    assert [one for one in wanted if one in events] == wanted
    assert [one for one in events if one in wanted] == sorted(events, key=wanted.index)
