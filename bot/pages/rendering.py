"""Templates and the language of a page."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.pages.site import Site
from messages.languages import DEFAULT, LANGUAGES, say, speaks
from messages.text import Sayable, Text, Value

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"


def environment() -> Environment:
    """Make the templates' environment: everything is escaped, nothing unknown is left blank."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_TEMPLATES = environment()


def language_of(request: web.Request) -> str:
    """Give the language a page is asked for in."""
    return speaks(request.query.get("lang", ""))


def capital(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def with_language(path: str, language: str) -> str:
    """Give a path of ours that leads to the page in the same language."""
    if language == DEFAULT:
        return path
    parts = urlsplit(path)
    query = urlencode([*parse_qsl(parts.query), ("lang", language)])
    return parts._replace(query=query).geturl()


def rendered(site: Site, request: web.Request, template: str, **values: object) -> str:
    """Fill a template.

    It finds `_("English sentence", place=value)`, `tell(sayable)`, `link(path)`, `lang`, the other
    languages, the commune, and `values`.
    """
    language = language_of(request)

    def _(msgid: str, **args: Value) -> str:
        return say(Text(msgid, tuple(args.items())), language)

    def tell(sayable: Sayable) -> str:
        return say(sayable, language)

    def link(path: str) -> str:
        return with_language(path, language)

    others = {
        code: (name, str(request.rel_url.update_query(lang=code)))
        for code, name in LANGUAGES.items()
        if code != language
    }
    given: Mapping[str, object] = {
        "_": _,
        "tell": tell,
        "link": link,
        "lang": language,
        "other_languages": others,
        "commune": site.commune,
        "commune_name": capital(site.commune.name.say(language)),
        "practises": site.practice is not None,
        "embedded": "embed" in request.query,
    }
    return _TEMPLATES.get_template(template).render({**given, **values})


def page(
    site: Site, request: web.Request, template: str, status: int = 200, **values: object
) -> web.Response:
    """Answer with a page."""
    text = rendered(site, request, template, **values)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
