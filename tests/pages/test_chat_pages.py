import json
import re
from collections.abc import Mapping

import pytest

from bot.channels.web.identity import COOKIE
from bot.pages.rendering import STATIC
from messages.envelope import Address
from tests.pages.conftest import Client, Opened, settings
from tests.pages.test_every_page import Markup


async def test_the_chat_has_one_log_one_text_box_and_buttons(client: Client) -> None:
    text = await (await client.get("/chat")).text()
    markup = Markup(text)
    roles = [a.get("role") for _tag, a in markup.tags]
    assert roles.count("log") == 1
    assert [tag for tag, _a in markup.tags].count("textarea") == 1
    typed = [a for tag, a in markup.tags if tag == "input" and a.get("type") != "file"]
    assert not typed
    for name in ("Gửi", "Ảnh", "Vị trí"):
        assert f">{name}</button>" in text
    assert "noscript" in {tag for tag, _a in markup.tags}


async def test_the_chat_page_gives_the_cookie_that_its_socket_is_known_by(client: Client) -> None:
    first = await client.get("/chat")
    given = first.cookies[COOKIE].value
    again = await client.get("/chat")
    assert again.cookies[COOKIE].value == given
    assert again.headers["Cache-Control"] == "no-store"


async def test_two_people_on_one_browser_have_two_memories(client: Client) -> None:
    def memory(text: str) -> str:
        (found,) = re.findall(r'data-memory="([^"]+)"', text)
        return str(found)

    first = memory(await (await client.get("/chat")).text())
    assert memory(await (await client.get("/chat")).text()) == first
    client.session.cookie_jar.clear()
    assert memory(await (await client.get("/chat")).text()) != first


async def test_a_start_link_reaches_the_script_only_in_its_own_alphabet(client: Client) -> None:
    assert 'data-start="q_KS01_cho"' in await (await client.get("/chat?start=q_KS01_cho")).text()
    for wrong in ("a b", '"><script>', "x" * 65):
        text = await (await client.get("/chat", params={"start": wrong})).text()
        assert 'data-start=""' in text


async def test_the_script_is_given_every_sentence_it_says(client: Client) -> None:
    markup = Markup(await (await client.get("/chat")).text())
    (told,) = [value for _tag, name, value in markup.attributes() if name == "data-texts"]
    texts = json.loads(told)
    said: set[str] = set()
    for path in STATIC.glob("*.js"):
        script = await (await client.get(f"/static/{path.name}")).text()
        said |= set(re.findall(r"\btexts\.(\w+)", script))
        said |= set(re.findall(r"\b(news_\w+):", script))
    # These are looked up by the state of a message and of the line, and by what is sent.
    said |= {"sending", "sent", "failed", "lost", "offline", "photo", "voice"}
    said |= {f"{kind}_{state}" for kind in ("photo", "voice") for state in ("sending", "failed")}
    assert said == set(texts)


async def test_only_named_sites_may_frame_the_chat_and_nothing_else(opened: Opened) -> None:
    portal = settings(embed_origins="https://portal.example.vn")
    async with opened(settings=portal) as client:
        chat = (await client.get("/chat?embed=1")).headers["Content-Security-Policy"]
        other = (await client.get("/")).headers["Content-Security-Policy"]
        script = await client.get("/chat/embed.js")
    assert chat.endswith("frame-ancestors 'self' https://portal.example.vn")
    assert other.endswith("frame-ancestors 'none'")
    assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert script.content_type == "text/javascript"


async def test_a_framed_chat_has_no_header_of_its_own(client: Client) -> None:
    assert "<header" not in await (await client.get("/chat?embed=1")).text()
    assert "<header" in await (await client.get("/chat")).text()


async def test_practice_is_there_only_where_it_is_wanted_and_says_what_it_is(
    opened: Opened, practice: Mapping[str, Address]
) -> None:
    async with opened() as client:
        assert (await client.get("/demo")).status == 404
        assert "/demo" not in await (await client.get("/")).text()
    async with opened(practice=practice) as client:
        text = await (await client.get("/demo")).text()
        assert "/demo" in await (await client.get("/")).text()
    assert text.count("Luyện tập – dữ liệu không có thật") >= 3
    sockets = re.findall(r'data-socket="([^"]+)"', text)
    assert sockets == [f"/demo/ws?as={who}" for who in ("citizen", "officer", "staff")]
    assert len(set(re.findall(r'data-memory="([^"]+)"', text))) == 3
    assert "var/practice" in text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.a.example", "["])
async def test_practice_is_not_there_for_whom_another_name_led_here(
    opened: Opened, practice: Mapping[str, Address], host: str
) -> None:
    async with opened(practice=practice) as client:
        for own in ("localhost:8080", "127.0.0.1", "[::1]:8080"):
            assert (await client.get("/demo", headers={"Host": own})).status == 200
        assert (await client.get("/demo", headers={"Host": host})).status == 404
        assert (await client.get("/chat", headers={"Host": host})).status == 200
