from datetime import timedelta

import pytest

from bot.pages.media import KeptMedia, MediaLinks, disposition
from messages.envelope import Attachment, AttachmentKind
from tests.conftest import Hands
from tests.pages.conftest import Behind, Client

HASH = "a" * 64


async def test_a_link_opens_the_file_under_its_name(
    client: Client, behind: Behind, hands: Hands
) -> None:
    behind.media[HASH] = KeptMedia(b"%PDF-1.7", "application/pdf")
    answer = await client.get(MediaLinks("key", hands).path(HASH, "Thư trả lời.pdf"))
    assert answer.status == 200
    assert await answer.read() == b"%PDF-1.7"
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Th%C6%B0%20" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_picture_is_shown_and_a_page_never_is(
    client: Client, behind: Behind, hands: Hands
) -> None:
    path = MediaLinks("key", hands).path(HASH)
    behind.media[HASH] = KeptMedia(b"x", "image/png")
    answer = await client.get(path)
    assert answer.content_type == "image/png"
    assert answer.headers["Content-Disposition"] == "inline"
    for mime in ("text/html", "image/svg+xml", "application/xhtml+xml"):
        behind.media[HASH] = KeptMedia(b"<script>alert(1)</script>", mime)
        answer = await client.get(path)
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"


async def test_a_link_expires(client: Client, behind: Behind, hands: Hands) -> None:
    behind.media[HASH] = KeptMedia(b"x", "image/png")
    path = MediaLinks("key", hands).path(HASH)
    hands.move(hours=23)
    assert (await client.get(path)).status == 200
    hands.move(hours=2)
    answer = await client.get(path)
    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_link_cannot_be_forged(client: Client, behind: Behind, hands: Hands) -> None:
    behind.media[HASH] = behind.media["b" * 64] = KeptMedia(b"x", "image/png")
    good = MediaLinks("key", hands).path(HASH)
    other_key = MediaLinks("another key", hands).path(HASH)
    payload, stamp, signature = good.removeprefix("/media/").rsplit(".", 2)
    other = MediaLinks("key", hands).path("b" * 64).removeprefix("/media/").rsplit(".", 2)[0]
    for path in (
        other_key,
        f"/media/{other}.{stamp}.{signature}",
        f"/media/{payload}.AAAAAA.{signature}",
        f"/media/{payload}.{stamp}.{signature}x",
        f"/media/{HASH}",
        "/media/x",
        "/media/..%2f..%2fsecret.key",
    ):
        assert (await client.get(path)).status == 404, path
    assert (await client.get(good)).status == 200


async def test_a_link_to_a_file_that_is_gone_is_not_found(client: Client, hands: Hands) -> None:
    assert (await client.get(MediaLinks("key", hands).path(HASH))).status == 404


async def test_a_signed_name_that_is_no_hash_opens_nothing(client: Client, hands: Hands) -> None:
    assert (await client.get(MediaLinks("key", hands).path("../secret.key"))).status == 404


@pytest.mark.parametrize(
    "name", ['a"b.pdf', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "a;b", "\ud800", "…", ""]
)
def test_a_name_never_leaves_its_header(name: str) -> None:
    written = disposition(name, "application/pdf")
    assert written.isascii()
    assert "\r" not in written
    assert "\n" not in written
    assert written.count('"') in {0, 2}
    assert "/" not in written


def test_attachments_of_ours_get_a_link_and_strange_addresses_none(hands: Hands) -> None:
    links = MediaLinks("key", hands, timedelta(hours=1), prefix="/demo/media")
    kept = Attachment(AttachmentKind.FILE, f"media:{HASH}", name="x.pdf")
    path = links.of(kept)
    assert links.read(path.removeprefix("/demo/media/")) == (HASH, "x.pdf")
    assert links.of(Attachment(AttachmentKind.IMAGE, "https://example.vn/a.png")).startswith(
        "https"
    )
    for ref in ("http://example.vn/a.png", "javascript:alert(1)", "AgADfileid", ""):
        assert links.of(Attachment(AttachmentKind.IMAGE, ref)) == ""
