"""Collecting the sentences of the code into the catalogs: `make texts`.

New sentences come with an empty translation, gone ones go; the English catalog fills itself, since
the sentences are English.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from messages.languages import LANGUAGES, LOCALE

ROOT = Path(__file__).parent.parent
SOURCES = ("bot", "handlers", "messages", "scoring", "storage")
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
KEYWORDS = {"_": None, "ngettext": (1, 2)}


def sentences() -> Iterator[str | tuple[str, str]]:
    """Give every sentence in the code, a pair where it counts."""
    for source in SOURCES:
        for _, _, message, _, _ in extract_from_dir(
            ROOT / source, METHODS, keywords=KEYWORDS, options_map={}
        ):
            if isinstance(message, tuple):
                yield (str(message[0]), str(message[1]))
            elif message:
                yield message


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """Read a catalog as it stands in its file."""
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def collected(language: str) -> bytes:
    """Give a language's catalog with exactly the sentences of the code."""
    old = read(language)
    new = Catalog(locale=language, project="Thân Thiện", charset="utf-8", fuzzy=False)
    new.mime_headers = [
        (name, value)
        for name, value in old.mime_headers
        if name in {"Language", "Plural-Forms", "MIME-Version", "Content-Type"}
    ]
    for sentence in sorted(set(sentences()), key=str):
        key = sentence if isinstance(sentence, str) else sentence[0]
        known = old.get(key)
        said = known.string if known is not None and known.string else ""
        if language == "en":
            said = sentence
        elif not isinstance(sentence, str):
            said = tuple(said) if isinstance(said, tuple | list) else (said,)
        new.add(sentence, said)
    kept = BytesIO()
    write_po(kept, new, width=100, omit_header=False, no_location=True, sort_output=True)
    return kept.getvalue()


def main() -> int:
    """Write the catalogs; name the sentences that have no translation yet."""
    missing = 0
    for language in LANGUAGES:
        _path(language).write_bytes(collected(language))
        for message in read(language):
            if message.id and not "".join(message.string or ()):
                missing += 1
                sys.stdout.write(f"{language}: {message.id}\n")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
