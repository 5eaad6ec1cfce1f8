"""Every sentence of the code has its words in each language, with the same places to fill."""

import re
import unicodedata

import pytest

from messages.catalogs import read, sentences
from messages.languages import LANGUAGES

PLACE = re.compile(r"\{(\w+)\}")


def _forms(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(form) for form in said]  # type: ignore[attr-defined] # a tuple of plural forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_code_is_in_the_catalog_and_no_other(language: str) -> None:
    catalog = read(language)
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id}
    wanted = {s if isinstance(s, str) else s[0] for s in sentences()}
    assert wanted - known == set(), "run `make texts`"
    assert known - wanted == set(), "run `make texts`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_places(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        ids = _forms(message.id)
        forms = _forms(message.string)
        assert all(forms), ids[0]
        assert not message.fuzzy, ids[0]
        wanted = set().union(*(PLACE.findall(i) for i in ids))
        for form in forms:
            extra = set(PLACE.findall(form)) - wanted
            missing = wanted - set(PLACE.findall(form))
            assert not extra, (ids[0], extra)
            # A singular need not say "1".
            assert missing <= ({"n"} if len(ids) > 1 else set()), (ids[0], missing)


def test_vietnamese_is_written_composed_and_with_its_marks() -> None:
    marked = 0
    for message in read("vi"):
        if not message.id:
            continue
        for form in _forms(message.string):
            assert form == unicodedata.normalize("NFC", form), message.id
            marked += any(ord(letter) > 127 for letter in form)
    assert marked > 200


def test_plural_forms_are_as_many_as_the_language_has() -> None:
    for language in LANGUAGES:
        catalog = read(language)
        for message in catalog:
            if isinstance(message.id, tuple):
                assert len(_forms(message.string)) == catalog.num_plurals, message.id
