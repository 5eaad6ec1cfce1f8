"""Pictures, documents, the card that asks for a number, groups: what each becomes on the wire."""

import hashlib
import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.channel import Letter, Misconfigured, Refused, SendError, Throttled, Unreachable
from bot.channels.zalo.channel import CARD, PICTURE
from bot.photos import BadPhoto, within
from handlers.office import Office
from messages.envelope import Address, Attachment, AttachmentKind, Choice, Outgoing
from storage.database import Store
from tests.channels.zalo.wired import PUBLIC, Wired, wired
from tests.conftest import Hands
from tests.emulators import faults
from tests.emulators.wire import Call
from tests.emulators.zalo import Citizen, ZaloEmulator

MEGABYTE = 1024 * 1024


def photo(side: int, *, noise: bool = False) -> bytes:
    """A JPEG; with noise it can hardly be made small."""
    chance = random.Random(7)
    image = (
        Image.frombytes("RGB", (side, side), chance.randbytes(3 * side * side))
        if noise
        else Image.new("RGB", (side, side), (200, 40, 40))
    )
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=95)
    return kept.getvalue()


def kept(service: Wired, content: bytes, name: str, kind: AttachmentKind) -> Attachment:
    """Keep a file of ours."""
    digest = hashlib.sha256(content).hexdigest()
    service.media._write(service.media.path(digest), content)
    return Attachment(kind, ref=f"media:{digest}", name=name)


def letter(citizen: Citizen, *files: Attachment, text: str = "Đây ạ", **more: object) -> Letter:
    body = Outgoing(text, attachments=files)
    return Letter(1, Address("zalo", citizen.id), replace(body, **more))  # type: ignore[arg-type] # its fields


def is_upload(call: Call) -> bool:
    return call.path.startswith("/v2.0/oa/upload/")


@pytest.mark.parametrize(("side", "noise"), [(300, False), (2048, True)])
async def test_a_kept_photo_is_uploaded_in_at_most_one_megabyte(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen, side: int, *, noise: bool
) -> None:
    content = photo(side, noise=noise)
    picture = kept(service, content, "", AttachmentKind.IMAGE)
    await service.channel.send(letter(citizen, picture))
    (sent,) = citizen.letters
    assert (sent.kind, sent.text) == ("image", "Đây ạ")
    ((kind, _, uploaded),) = zalo.uploads.assets.values()
    assert kind == "image"
    assert len(uploaded) <= MEGABYTE
    assert Image.open(io.BytesIO(uploaded)).format == "JPEG"
    if noise:
        assert len(content) > MEGABYTE


async def test_a_photo_is_uploaded_once_for_many_letters_and_anew_after_six_days(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen, hands: Hands
) -> None:
    picture = kept(service, photo(50), "", AttachmentKind.IMAGE)
    for _ in range(3):
        await service.channel.send(letter(citizen, picture))
    assert len(zalo.uploads.assets) == 1
    hands.move(days=6)
    zalo.clock.advance(days=6)
    await service.channel.send(letter(citizen, picture))
    assert len(zalo.uploads.assets) == 2


async def test_a_file_that_zalo_forgot_is_uploaded_once_more(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen
) -> None:
    picture = kept(service, photo(50), "", AttachmentKind.IMAGE)
    await service.channel.send(letter(citizen, picture))
    zalo.refuses(-100, when=lambda call: call.method == "cs")
    await service.channel.send(letter(citizen, picture))
    assert [one.kind for one in citizen.letters] == ["image", "image"]
    assert len(zalo.uploads.assets) == 2


@pytest.mark.parametrize("name", ["Mẫu đơn.pdf", "don.doc", "Đơn đề nghị.DOCX"])
async def test_a_document_goes_as_a_file_before_its_words(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen, name: str
) -> None:
    ids = await service.channel.send(
        letter(citizen, kept(service, b"%PDF-1.7 ...", name, AttachmentKind.FILE))
    )
    assert [one.kind for one in citizen.letters] == ["file", "text"]
    assert len(ids) == 2
    (upload,) = (call for call in zalo.calls if is_upload(call))
    assert upload.files["file"].name.lower() == name.lower()
    assert "access_token" in upload.headers


@pytest.mark.parametrize("name", ["bang.xlsx", "ghi-am.mp3", "anh.zip", "khong-ten", ""])
async def test_anything_else_goes_as_a_link_that_expires(
    service: Wired, citizen: Citizen, hands: Hands, zalo: ZaloEmulator, name: str
) -> None:
    await service.channel.send(letter(citizen, kept(service, b"PK", name, AttachmentKind.FILE)))
    (sent,) = citizen.letters
    assert sent.kind == "text"
    token = sent.text.rpartition(f"{PUBLIC}/media/")[2]
    told = service.links.read(token)
    assert told is not None
    assert told[1] == name
    hands.move(days=2)
    assert service.links.read(token) is None
    assert not any(is_upload(call) for call in zalo.calls)


LARGE = b"%PDF-1.7 " + b"x" * (5 * MEGABYTE)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (LARGE, "lon.pdf", AttachmentKind.FILE),
        (b"no picture at all", "", AttachmentKind.IMAGE),
        (b"", "trong.pdf", AttachmentKind.FILE),
    ],
)
async def test_what_cannot_be_uploaded_goes_as_a_link(
    service: Wired, citizen: Citizen, content: bytes, name: str, kind: AttachmentKind
) -> None:
    await service.channel.send(letter(citizen, kept(service, content, name, kind)))
    assert {one.kind for one in citizen.letters} == {"text"}
    told = "\n".join(one.text for one in citizen.letters)
    assert f"{PUBLIC}/media/" in told
    assert "Đây ạ" in told


async def test_a_file_that_is_gone_costs_no_letter(service: Wired, citizen: Citizen) -> None:
    gone = Attachment(AttachmentKind.IMAGE, ref="media:" + "0" * 64)
    await service.channel.send(letter(citizen, gone))
    assert "Đây ạ" in citizen.letters[0].text


async def test_a_photo_that_an_officer_sent_on_zalo_goes_on_as_a_photo(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen
) -> None:
    ref = zalo.media.publish(photo(100), "jpg", "image/jpeg")
    await service.channel.send(letter(citizen, Attachment(AttachmentKind.IMAGE, ref=ref)))
    assert [one.kind for one in citizen.letters] == ["image"]
    assert len(zalo.uploads.assets) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [(-32, Throttled), (-221, Misconfigured), (-224, Misconfigured)],
)
async def test_an_upload_that_is_refused_for_now_or_for_all_holds_the_letter(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen, code: int, error: type[SendError]
) -> None:
    zalo.refuses(code, when=is_upload)
    with pytest.raises(error):
        await service.channel.send(
            letter(citizen, kept(service, photo(50), "", AttachmentKind.IMAGE))
        )
    assert citizen.letters == []


@pytest.mark.parametrize("code", [-201, -210, -211, -99999])
async def test_an_upload_that_is_refused_for_good_becomes_a_link(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen, code: int
) -> None:
    zalo.refuses(code, when=is_upload)
    await service.channel.send(letter(citizen, kept(service, photo(50), "", AttachmentKind.IMAGE)))
    assert f"{PUBLIC}/media/" in citizen.letters[0].text


async def test_an_upload_without_an_answer_is_tried_again_and_nobody_gets_two(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen
) -> None:
    zalo.fails(faults.RESET_ACCEPTED, when=is_upload)
    picture = kept(service, photo(50), "", AttachmentKind.IMAGE)
    with pytest.raises(Unreachable):
        await service.channel.send(letter(citizen, picture))
    await service.channel.send(letter(citizen, picture))
    assert len(citizen.letters) == 1


async def test_the_rest_of_a_letter_with_files_counts_as_before(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen
) -> None:
    files = (
        kept(service, photo(50), "", AttachmentKind.IMAGE),
        kept(service, photo(60), "", AttachmentKind.IMAGE),
        kept(service, b"%PDF-1.7", "a.pdf", AttachmentKind.FILE),
    )
    zalo.refuses(-32, when=lambda call: call.method == "cs" and "file" in str(call.body))
    whole = letter(citizen, *files)
    with pytest.raises(Throttled) as error:
        await service.channel.send(whole)
    assert len(error.value.sent) == 2
    service.channel._outbound._pacing._all_held_until = 0
    await service.channel.send(replace(whole, parts_sent=2))
    assert [one.kind for one in citizen.letters] == ["image", "image", "file", "text"]


ASK = "Xin số điện thoại của ông/bà\nChúng tôi chỉ dùng khi không nhắn tin được."


async def test_a_number_is_asked_for_by_zalos_own_card(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen
) -> None:
    cancel = Choice("/huy", "Hủy", number=1)
    await service.channel.send(letter(citizen, text=ASK, ask="contact", choices=(cancel,)))
    (sent,) = citizen.letters
    assert sent.kind == "request_user_info"
    (element,) = sent.message["attachment"]["payload"]["elements"]
    assert element["title"] == "Xin số điện thoại của ông/bà"
    assert element["subtitle"].endswith("1. Hủy")
    assert element["image_url"] == PUBLIC + CARD
    assert PICTURE.read_bytes().startswith(b"\x89PNG")


async def test_where_the_card_is_refused_the_number_is_asked_for_in_words(
    service: Wired, zalo: ZaloEmulator, citizen: Citizen
) -> None:
    zalo.refuses(-233, when=lambda call: call.method == "cs")
    await service.channel.send(letter(citizen, text=ASK, ask="contact"))
    assert [one.text for one in citizen.letters] == [ASK]


async def test_a_long_question_is_no_card(service: Wired, citizen: Citizen) -> None:
    await service.channel.send(letter(citizen, text="dài " * 300, ask="contact"))
    assert [one.kind for one in citizen.letters] == ["text"]


async def test_without_a_public_address_there_is_no_card(
    store: Store, office: Office, hands: Hands, zalo: ZaloEmulator, citizen: Citizen, tmp_path: Path
) -> None:
    async with wired(store, office, hands, zalo, tmp_path) as whole:
        whole.channel._outbound._making = replace(whole.channel._outbound._making, card="")
        await whole.channel.send(letter(citizen, text=ASK, ask="contact"))
    assert [one.kind for one in citizen.letters] == ["text"]


async def test_the_card_that_is_filled_in_becomes_the_number(
    service: Wired, citizen: Citizen, zalo: ZaloEmulator
) -> None:
    assert (await citizen.says("/sodienthoai")).status == 200
    await service.settle()
    assert citizen.letters[-1].kind == "request_user_info"
    await citizen.submits_info({"name": "Nguyễn Văn A", "phone": 84912345678})
    await service.settle()
    assert "0912 345 678" in citizen.letters[-1].text


GROUP = "f414c8f76fa586fbdfb4"


async def test_a_group_gets_texts_in_which_nobody_can_be_called(
    service: Wired, zalo: ZaloEmulator
) -> None:
    zalo.groups[GROUP] = []
    body = Outgoing("Phiếu mới [@all] [@246845883529197922]", group=GROUP)
    await service.channel.send(Letter(1, Address("zalo", GROUP), body))
    (sent,) = zalo.groups[GROUP]
    assert "[@" not in sent.text
    assert "Phiếu mới" in sent.text


@pytest.mark.parametrize("state", ["unknown", "disabled"])
async def test_a_group_that_is_not_to_be_had_stops_nothing_else(
    service: Wired, zalo: ZaloEmulator, state: str, citizen: Citizen
) -> None:
    if state == "disabled":
        zalo.groups[GROUP] = []
        zalo.disabled_groups.add(GROUP)
    with pytest.raises(Refused):
        await service.channel.send(Letter(1, Address("zalo", GROUP), Outgoing("a", group=GROUP)))
    assert await service.channel.send(letter(citizen))


async def test_the_officials_group_hears_of_a_ticket_but_not_its_words(
    store: Store, office: Office, hands: Hands, zalo: ZaloEmulator, tmp_path: Path
) -> None:
    zalo.groups[GROUP] = []
    own = office.commune.model_copy(
        update={"zalo": office.commune.zalo.model_copy(update={"group": GROUP})}
    )
    async with wired(store, replace(office, commune=own), hands, zalo, tmp_path) as whole:
        citizen = zalo.citizen()
        await citizen.says("/gopy Đường trước cổng trường có ổ gà rất sâu")
        await whole.settle()
        (told,) = zalo.groups[GROUP]
        assert "/nhan PA2611-" in told.text
        assert "ổ gà" not in told.text
        assert citizen.name not in told.text


def test_a_picture_that_cannot_be_made_small_is_told() -> None:
    with pytest.raises(BadPhoto):
        within(photo(300, noise=True), 1000)
    with pytest.raises(BadPhoto):
        within(b"no picture", MEGABYTE)
