"""Texts as Telegram takes them: HTML, entities, lengths (Bot API, "Formatting options")."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from tests.emulators.telegram.parameters import required
from tests.emulators.telegram.refusals import Refusal, bad_request
from tests.emulators.wire import Json

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_BYTES = 1 << 15
ENTITY_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
TAG = re.compile(r"<(/?)([^\s>]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)(>?)")
# Bot API, HTML style: only these named entities, and all numerical ones.
REFERENCE = re.compile(r"&(lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
ATTRIBUTE = re.compile(r"\s+([^\s=>\"'/]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[\w.-]+))?")
# tdlib, misc.cpp, strip_empty_characters: what shows nothing counts as a space.
INVISIBLE = dict.fromkeys(
    map(
        ord,
        "\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u202e\u202f\u205f\u2800\u3000\ufffc",
    ),
    " ",
)
# Client.cpp, get_text_entity_type: these are found by the server itself and are left out.
FOUND_BY_SERVER = frozenset(
    (
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bank_card_number",
    )
)
GIVEN = FOUND_BY_SERVER.union(ENTITY_OF_TAG.values(), {"text_mention", "expandable_blockquote"})
COMMAND = re.compile(r"(?<![^\s])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]+)?")


def length(text: str) -> int:
    """UTF-16 code units, in which Telegram measures entities.

    tdlib compares code points with the limit and the server behind it decides again; the stricter
    of the two is used here, so that what passes here passes there.
    """
    return len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class _Reading:
    """Where the parser stands: text so far, entities so far, tags still open."""

    parts: list[str] = field(default_factory=list)
    offset: int = 0
    entities: list[Json] = field(default_factory=list)
    open: list[tuple[str, int, Json]] = field(default_factory=list)

    def add(self, piece: str) -> None:
        text = REFERENCE.sub(lambda found: html.unescape(found.group()), piece)
        self.parts.append(text)
        self.offset += length(text)

    def close(self, place: int, name: str) -> None:
        if not self.open:
            raise _unparsed(f"Unexpected end tag at byte offset {place}")
        tag, start, extra = self.open.pop()
        if name and name != tag:
            raise _unparsed(
                f'Unmatched end tag at byte offset {place}, expected "</{tag}>", found "</{name}>"'
            )
        if self.offset > start:
            entity = {"type": ENTITY_OF_TAG[tag], "offset": start, "length": self.offset - start}
            self.entities.append(entity | extra)


def _unparsed(reason: str) -> Refusal:
    return bad_request(f"can't parse entities: {reason}")


def parse_html(text: str) -> tuple[str, list[Json]]:
    """tdlib's parse_html (MessageEntity.cpp): the text without tags and its entities."""
    reading = _Reading()
    position = 0
    while (start := text.find("<", position)) != -1:
        reading.add(text[position:start])
        found = TAG.match(text, start)
        place = len(text[:start].encode())
        if found is None or not found.group(4):
            kind = "end" if text.startswith("</", start) else "start"
            raise _unparsed(f"Unclosed {kind} tag at byte offset {place}")
        closing, name = bool(found.group(1)), found.group(2).lower()
        if closing:
            reading.close(place, name)
        else:
            reading.open.append((name, reading.offset, _opening(name, found.group(3), place)))
        position = found.end()
    reading.add(text[position:])
    if reading.open:
        name = reading.open[-1][0]
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{name}"')
    reading.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return "".join(reading.parts), reading.entities


def _opening(name: str, attributes: str, place: int) -> Json:
    if name not in ENTITY_OF_TAG:
        raise _unparsed(f'Unsupported start tag "{name}" at byte offset {place}')
    values = {key: (value or "").strip("\"'") for key, value in ATTRIBUTE.findall(attributes)}
    if name == "span" and values.get("class") != "tg-spoiler":
        raise _unparsed(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
    if name == "a":
        return {"url": html.unescape(values.get("href", ""))}
    return {}


def formatted(text: str, parse_mode: str, entities: object = None) -> tuple[str, list[Json]]:
    """Text and entities after parsing, before the limits (Client.cpp, get_formatted_text)."""
    if len(text.encode()) > MAX_BYTES:
        raise bad_request("text is too long")
    mode = parse_mode.lower()
    if mode in {"markdown", "markdownv2"}:
        # Nothing of ours uses Markdown, so the emulator does not pretend to check it.
        raise Refusal(501, f"Not Implemented: the emulator does not read {parse_mode}")
    if mode not in {"", "none", "html"}:
        raise bad_request("unsupported parse_mode")
    if mode == "html":
        return _trimmed(*parse_html(text))
    given = entities if isinstance(entities, list) else []
    kept = [one for one in map(_entity, given) if one["type"] not in FOUND_BY_SERVER]
    return _trimmed(text, kept)


def _entity(entity: object) -> Json:
    """A MessageEntity of the request (Client.cpp, get_text_entity)."""
    where = "can't parse MessageEntity"
    if not isinstance(entity, dict):
        raise bad_request(f"{where}: expected an Object")
    required(entity, "offset", int, where)
    required(entity, "length", int, where)
    if required(entity, "type", str, where) not in GIVEN:
        raise bad_request(f"{where}: Unsupported type specified")
    return entity


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """The server cuts white space at both ends (MessageEntity.cpp, fix_formatted_text)."""
    if not text.translate(INVISIBLE).strip():
        return "", []
    shift = length(text) - length(text.lstrip())
    text = text.strip()
    end = length(text)
    kept = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        stop = min(end, entity["offset"] - shift + entity["length"])
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return text, kept


def checked_text(text: str, parse_mode: str, entities: object) -> tuple[str, list[Json]]:
    """The text of a message: 1–4096 characters after entities parsing (Bot API, sendMessage)."""
    if not text:
        raise bad_request("message text is empty")
    plain, found = formatted(text, parse_mode, entities)
    if not plain:
        raise bad_request("text must be non-empty")
    if length(plain) > MAX_TEXT:
        raise bad_request("message is too long")
    return plain, found


def checked_caption(text: str, parse_mode: str, entities: object) -> tuple[str, list[Json]]:
    """A caption: 0–1024 characters after entities parsing (Bot API, sendPhoto)."""
    plain, found = formatted(text, parse_mode, entities)
    if length(plain) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return plain, found


def found_commands(text: str) -> list[Json]:
    """The bot_command entities that a person's text gets."""
    return [
        {
            "type": "bot_command",
            "offset": length(text[: found.start()]),
            "length": length(found.group()),
        }
        for found in COMMAND.finditer(text)
    ]
