import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import pytest
from babel.messages.extract import extract_from_dir

from bot.pages.rendering import HERE, STATIC, environment
from messages.envelope import Address
from messages.languages import catalog
from tests.pages.conftest import Behind, Client, Opened

PAGES = [
    "/",
    "/chat",
    "/chat?start=q_KS01",
    "/chat?embed=1",
    "/demo",
    "/q/KS01",
    "/q/XX99",
    "/q?code=khai sinh",
    "/q?code=",
    "/q/2.001009",
    "/minh-bach",
    "/cong-khai",
    "/le-phi",
    "/q/GY01",
    "/khao-sat/hailong/ttpvhcc",
    "/nowhere",
]
HTML = {"Accept": "text/html"}


class Markup(HTMLParser):
    """Gathers what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.within: list[str] = []
        self.words: dict[str, str] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.within.append(tag)

    def handle_data(self, data: str) -> None:
        if self.within:
            self.words[self.within[-1]] = self.words.get(self.within[-1], "") + data.strip()

    def attributes(self) -> Iterator[tuple[str, str, str]]:
        for tag, attributes in self.tags:
            for name, value in attributes.items():
                yield tag, name, value or ""


@pytest.fixture(params=PAGES)
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_no_page_has_a_script_a_style_or_a_source_of_its_own(
    opened: Opened, practice: Mapping[str, Address], address: str, language: str
) -> None:
    async with opened(practice=practice) as client:
        answer = await client.get(
            address + ("&" if "?" in address else "?") + f"lang={language}", headers=HTML
        )
        markup = Markup(await answer.text())
    assert answer.content_type == "text/html"
    assert not markup.words.get("script")
    assert "style" not in {tag for tag, _attributes in markup.tags}
    for tag, name, value in markup.attributes():
        assert name != "style"
        assert not name.startswith("on")
        assert not value.lower().startswith(("javascript:", "data:"))
        if name in {"src", "action"} or (tag == "link" and name == "href"):
            assert value.startswith("/")
    assert dict(markup.tags)["html"]["lang"] == language


async def test_every_page_carries_the_headers_that_protect_it(
    opened: Opened, practice: Mapping[str, Address], address: str
) -> None:
    async with opened(practice=practice) as client:
        answer = await client.get(address, headers=HTML)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Cache-Control" in answer.headers


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.iterdir()))
async def test_every_file_of_the_pages_is_served_with_its_type(client: Client, name: str) -> None:
    answer = await client.get(f"/static/{name}")
    assert answer.status == 200
    expected = {"js": "javascript", "css": "css", "svg": "svg"}[name.rsplit(".", maxsplit=1)[-1]]
    assert expected in answer.content_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["x" * 300, "x" * 5000, "x/" * 2500, "%00", "%2e%2e/site.py", ""])
async def test_a_file_that_cannot_be_is_not_there(client: Client, name: str) -> None:
    answer = await client.get(f"/static/{name}")
    assert answer.status in ({404} if "%" not in name and name else {403, 404})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_what_a_page_refers_to_is_there(
    opened: Opened, practice: Mapping[str, Address], address: str
) -> None:
    async with opened(practice=practice) as client:
        markup = Markup(await (await client.get(address, headers=HTML)).text())
        found = {
            value
            for _tag, name, value in markup.attributes()
            if name in {"src", "href"} and value.startswith("/")
        }
        assert found
        for path in found - {address}:
            answer = await client.get(path, headers=HTML)
            assert answer.status == (
                404 if path.startswith(("/nowhere", "/q/XX", "/q/2.")) else 200
            ) or (path.startswith("/q?")), path


def test_no_script_refers_to_another_site_or_writes_markup() -> None:
    for path in (*STATIC.glob("*.js"), HERE / "templates" / "embed.js"):
        script = path.read_text("utf-8")
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
            "document.write",
        ):
            assert forbidden not in script, path.name
        addresses = re.findall(r"https?://[a-z][^\s\"'`]*", script)
        assert all(each.startswith("https://www.google.com/maps") for each in addresses), path.name
    for path in STATIC.glob("*.css"):
        assert "url(" not in path.read_text("utf-8")
        assert "@import" not in path.read_text("utf-8")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_sentence_of_the_pages_and_the_web_chat_is_translated(language: str) -> None:
    methods = [("**.py", "python"), ("**/templates/**", "jinja2.ext:babel_extract")]
    known = catalog(language)
    found = [
        message
        for folder in (HERE, HERE.parent / "channels" / "web")
        for _file, _line, message, _comments, _context in extract_from_dir(
            folder, method_map=methods, options_map={"**/templates/**": {"silent": "false"}}
        )
    ]
    assert len(found) > 100
    for message in found:
        entry = known.get(message)
        assert entry, message
        assert entry.string, message
        assert set(re.findall(r"{\w+}", str(entry.string))) == set(
            re.findall(r"{\w+}", str(message))
        ), message


def test_every_template_can_be_read() -> None:
    templates = environment()
    for name in templates.list_templates():
        assert templates.get_template(name).name == name


async def test_an_unknown_page_is_told_in_the_language_asked_for(client: Client) -> None:
    answer = await client.get("/nowhere?lang=en", headers=HTML)
    assert answer.status == 404
    assert "There is no such page here." in await answer.text()
    answer = await client.get("/nowhere")
    assert answer.status == 404
    assert await answer.json() == {"error": "Không có trang này."}


@pytest.mark.parametrize("headers", [HTML, {}])
async def test_a_breakdown_shows_nothing_of_the_inside(
    client: Client, headers: dict[str, str]
) -> None:
    for method in ("GET", "POST"):
        answer = await client.request(method, "/breaks", headers=headers)
        text = await answer.text()
        assert answer.status == 500
        assert "secret" not in text
        assert "Traceback" not in text
        assert "RuntimeError" not in text


async def test_a_wrong_method_says_which_is_right(client: Client) -> None:
    answer = await client.post("/minh-bach", headers=HTML)
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]


async def test_a_store_out_of_order_is_a_pause_and_not_a_breakdown(
    client: Client, behind: Behind
) -> None:
    behind.is_out_of_order = True
    answer = await client.get("/minh-bach", headers=HTML)
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert "tạm nghỉ" in await answer.text()


async def test_what_the_commune_has_not_told_is_marked_and_never_made_up(client: Client) -> None:
    text = await (await client.get("/")).text()
    assert "Đường dây nóng" in text
    assert text.count("chưa cập nhật") > 5
    assert set(re.findall(r'href="tel:([^"]*)"', text)) == {"113", "114", "115"}
