"""Sealing what is personal, and the secret that all keys come from."""

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
KEY = 32
FIRST = b"\x01"
"""The number of the key that sealed a value stands before it, so that keys can be changed."""

KEY_FILE = "secret.key"
NEXT_KEY_FILE = "secret.key.next"
"""The secret that takes the other's place as soon as everything is sealed with it."""


class CannotUnseal(Exception):
    """A sealed value does not open: another key, another place, or damaged."""


class Box:
    """Seals texts for one place each, so that a value moved to another column does not open.

    AES-256-GCM under a key derived from the secret; the place is authenticated with it.
    """

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(self._derive(secret, "seal:1"))
        self.hash_key = self._derive(secret, "hash:1")
        """Of keyed hashes; it outlives its secret, because what was hashed is not kept."""
        self.signing_key = self._derive(secret, "sign:1").hex()
        """Signs cookies and links."""

    @staticmethod
    def _derive(secret: str, purpose: str) -> bytes:
        return HKDF(SHA256(), KEY, None, purpose.encode()).derive(secret.encode())

    def seal(self, place: str, text: str) -> bytes:
        """Seal a text for a place ("people.name")."""
        nonce = os.urandom(NONCE)
        return FIRST + nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())

    def unseal(self, place: str, data: bytes) -> str:
        """Open what `seal` made for the same place.

        Raises:
            CannotUnseal: it was sealed by another secret, for another place, or is damaged.
        """
        try:
            return self._cipher.decrypt(
                data[1 : 1 + NONCE], data[1 + NONCE :], place.encode()
            ).decode()
        except (InvalidTag, ValueError) as error:
            raise CannotUnseal(place) from error

    def digest(self, purpose: str, text: str) -> str:
        """Give a keyed hash, 64 hex digits: finds or counts a value without telling it."""
        return hmac.digest(self.hash_key, f"{purpose}\0{text}".encode(), "sha256").hex()

    def fingerprint(self, purpose: str, text: str) -> str:
        """Give a keyed hash of 32 hex digits, for very many values in a row.

        BLAKE2b as a MAC; unlike `digest` it keeps Python's lock, which many threads would otherwise
        hand to each other for each value.
        """
        data = f"{purpose}\0{text}".encode()
        return hashlib.blake2b(data, key=self.hash_key, digest_size=16).hexdigest()


def seal_once(data: bytes) -> tuple[bytes, bytes]:
    """Seal bytes under a key of their own; give the sealed bytes and the key.

    Whoever deletes the key has deleted the content, wherever copies of the sealed bytes remain.
    """
    key = os.urandom(KEY)
    # One key seals one value, so that the nonce need not vary.
    return AESGCM(key).encrypt(b"\0" * NONCE, data, None), key


def unseal_once(data: bytes, key: bytes) -> bytes:
    """Open what `seal_once` made.

    Raises:
        CannotUnseal: it is damaged or the key is another's.
    """
    try:
        return AESGCM(key).decrypt(b"\0" * NONCE, data, None)
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("message") from error


def next_secret_in(folder: Path) -> str:
    """Give the secret to come, drawing it where no change of the key is under way."""
    return _secret_of(folder / NEXT_KEY_FILE)


def take_next_secret(folder: Path) -> None:
    """Put the secret to come in the place of the one before, which is gone with that."""
    (folder / NEXT_KEY_FILE).replace(folder / KEY_FILE)
    _sync(folder)


def secret_in(folder: Path) -> str:
    """Read the secret kept in a folder, making it at the first start (readable by us alone).

    Raises:
        CannotUnseal: the file is there and empty.
    """
    return _secret_of(folder / KEY_FILE)


def _secret_of(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_secret(path)
    secret = path.read_text("ascii").strip()
    if not secret:
        # Keys that anybody can derive must not be used.
        raise CannotUnseal(f"{path} is empty")
    return secret


def _make_secret(path: Path) -> None:
    """Write a new secret unless another process was faster: it appears whole or not at all."""
    part = path.with_suffix(f".{secrets.token_hex(8)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
    finally:
        part.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Have a changed name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
