from pathlib import Path

import pytest

from messages.envelope import Attachment, AttachmentKind
from storage.media import Media
from tests.transcript import Talk, code_in

MB = 1 << 20
TROUBLE = "Cống thoát nước trước nhà số 5 bị tắc, nước tràn ra đường"
VIDEO = Attachment(AttachmentKind.VIDEO, size=21 * MB + 1, most=20 * MB)
FILM = Attachment(AttachmentKind.FILE, name="phim.zip", size=300 * MB, most=20 * MB)
PHOTO = Attachment(AttachmentKind.IMAGE, ref="p1")


async def test_a_video_too_large_is_told_in_one_sentence_and_the_question_still_waits(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/gopy")
    (told,) = await citizen.sends(attachments=(VIDEO,))
    assert "22 MB" in told
    assert "20 MB" in told
    await citizen.says("2")
    (asked,) = await citizen.says(TROUBLE)
    assert "ảnh" in asked


async def test_the_words_and_the_photo_beside_a_file_too_large_are_taken(talk: Talk) -> None:
    citizen = talk.person()
    filed, told = await citizen.sends(f"/gopy {TROUBLE}", attachments=(PHOTO, FILM))
    code = code_in([filed])
    assert len(await talk.read.files(code)) == 1
    assert "phim.zip" in told
    assert "300 MB" in told


async def test_of_a_denunciations_file_not_even_the_name_is_repeated(talk: Talk) -> None:
    citizen = talk.person()
    words = "/gopy Tôi tố cáo ông chủ tịch nhận hối lộ"
    letters = await citizen.sends(words, attachments=(FILM,))
    assert letters
    assert not any("phim" in one for one in letters)


async def test_in_a_group_nobody_is_told_what_they_did_not_ask(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    assert await citizen.sends(attachments=(VIDEO,), group="-100") == []


@pytest.mark.parametrize("kind", [AttachmentKind.AUDIO, AttachmentKind.VIDEO, AttachmentKind.FILE])
async def test_voice_video_and_documents_are_wanted_like_photos(
    talk: Talk, kind: AttachmentKind, tmp_path: Path
) -> None:
    citizen = talk.person()
    file = Attachment(kind, ref="f1")
    code = code_in(await citizen.sends(f"/gopy {TROUBLE}", attachments=(file,)))
    media = Media(talk.store, tmp_path, talk.hands)
    (wanted,) = await media.wanted(("web",))
    assert (wanted.code, wanted.attachment.kind) == (code, kind)


async def test_an_officer_sees_that_a_file_could_not_be_kept(talk: Talk, tmp_path: Path) -> None:
    officer = await talk.official()
    citizen = talk.person()
    code = code_in(await citizen.sends(f"/gopy {TROUBLE}", attachments=(PHOTO,)))
    media = Media(talk.store, tmp_path, talk.hands)
    (wanted,) = await media.wanted(("web",))
    await media.missed(wanted, "not a picture", final=True)
    officer.forgets()
    (shown,) = await officer.says(f"/phieu {code}")
    assert "1 tệp không lưu được" in shown
    assert "1 ảnh" not in shown
