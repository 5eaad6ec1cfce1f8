import os
import stat
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sealing import KEY_FILE, Box, CannotUnseal, seal_once, secret_in, unseal_once

BOX = Box("a secret")
texts = st.text(st.characters(codec="utf-8"))


@given(texts)
def test_what_is_sealed_opens_again(text: str) -> None:
    assert BOX.unseal("people.name", BOX.seal("people.name", text)) == text


@given(st.binary())
def test_what_is_sealed_once_opens_with_its_own_key(data: bytes) -> None:
    sealed, key = seal_once(data)
    assert unseal_once(sealed, key) == data


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert BOX.seal("p", "một") != BOX.seal("p", "một")
    assert seal_once(b"x") != seal_once(b"x")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_sealed_words_do_not_show_through(form: Literal["NFC", "NFD"]) -> None:
    words = unicodedata.normalize(form, "cán bộ nhận hối lộ")
    assert words.encode() not in BOX.seal("p", words)
    assert words.encode() not in seal_once(words.encode())[0]


def test_a_value_moved_to_another_place_does_not_open() -> None:
    with pytest.raises(CannotUnseal):
        BOX.unseal("tickets.place", BOX.seal("people.name", "An"))


def test_a_value_sealed_by_another_secret_does_not_open() -> None:
    with pytest.raises(CannotUnseal):
        Box("another secret").unseal("p", BOX.seal("p", "An"))


@given(texts, st.integers(min_value=0), st.integers(1, 255))
def test_a_damaged_value_does_not_open(text: str, place: int, change: int) -> None:
    # The first byte only numbers the key.
    sealed = bytearray(BOX.seal("p", text))
    sealed[1 + place % (len(sealed) - 1)] ^= change
    with pytest.raises(CannotUnseal):
        BOX.unseal("p", bytes(sealed))


@given(st.binary(max_size=64))
def test_what_was_never_sealed_does_not_open(data: bytes) -> None:
    with pytest.raises(CannotUnseal):
        BOX.unseal("p", data)
    with pytest.raises(CannotUnseal):
        unseal_once(data, b"k" * 32)


@pytest.mark.parametrize("key", [b"", b"short", b"k" * 32])
def test_a_message_does_not_open_with_another_key(key: bytes) -> None:
    with pytest.raises(CannotUnseal):
        unseal_once(seal_once(b"words")[0], key)


def test_a_digest_is_keyed_and_of_one_purpose() -> None:
    assert BOX.digest("invite", "ABCD") == Box("a secret").digest("invite", "ABCD")
    others = {
        BOX.digest("invite", "ABCE"),
        BOX.digest("evidence", "ABCD"),
        Box("another").digest("invite", "ABCD"),
    }
    assert BOX.digest("invite", "ABCD") not in others
    assert len(others) == 3


def test_links_and_cookies_are_signed_with_a_key_that_opens_nothing() -> None:
    assert BOX.signing_key != Box("another secret").signing_key
    assert len(bytes.fromhex(BOX.signing_key)) == 32


def test_the_secret_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "var"
    before = os.umask(0)
    try:
        secret = secret_in(folder)
    finally:
        os.umask(before)
    assert len(secret) == 64
    assert secret_in(folder) == secret
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_processes_that_start_at_once_have_one_secret(tmp_path: Path) -> None:
    for n in range(20):
        with ThreadPoolExecutor(8) as pool:
            secrets = set(pool.map(secret_in, [tmp_path / f"{n}"] * 8))
        assert len(secrets) == 1
        assert "" not in secrets


def test_an_empty_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text("\n")
    with pytest.raises(CannotUnseal):
        secret_in(tmp_path)
