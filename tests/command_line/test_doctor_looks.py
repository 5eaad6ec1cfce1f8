"""`doctor` looks at what is beside the database: files, templates, clock, certificate."""

import datetime as dt
import ipaddress
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.doctor_outside import certificate, not_behind
from bot.findings import Weight
from bot.settings import Settings
from messages.languages import say
from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.transcript import Talk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped commune that a test may spoil."""
    return Path(shutil.copytree(COMMUNE, tmp_path / "commune"))


async def test_marks_of_letters_and_surveys_and_what_is_not_public_are_listed(
    terminal: Terminal,
) -> None:
    told = (await terminal("doctor")).out
    for place in (
        "letters/letters.toml: cần xác nhận",
        "surveys/hailong.toml: cần xác nhận",
        "publications.toml, publications.pledge: chưa cập nhật",
    ):
        assert place in told
    assert "Mẫu báo cáo điền được" in told
    assert "Mẫu thư điền được" in told


async def test_what_is_written_but_was_never_shown_has_no_date(
    terminal: Terminal, folder: Path
) -> None:
    file = folder / "publications.toml"
    text = file.read_text("utf-8").replace('text = ""', 'text = "Đã niêm yết"', 1)
    file.write_text(text, "utf-8")
    told = (await terminal("doctor", BOT_COMMUNE_DIR=str(folder))).out
    assert "publications.reception_rules: chưa có ngày công khai" in told


async def test_a_template_of_the_report_with_a_broken_field_is_broken(
    terminal: Terminal, folder: Path
) -> None:
    from docx import Document  # noqa: PLC0415 - slow to import

    path = folder / "templates" / "report.docx"
    document = Document(str(path))
    document.add_paragraph("{{ khong_co_cho_nay }}")
    document.save(str(path))
    answer = await terminal("doctor", BOT_COMMUNE_DIR=str(folder))
    assert answer.code == 1
    assert "khong_co_cho_nay" in answer.out


async def test_a_template_of_letters_that_is_no_word_file_is_broken(
    terminal: Terminal, folder: Path
) -> None:
    (folder / "letters" / "thu.docx").write_bytes(b"no word file")
    answer = await terminal("doctor", BOT_COMMUNE_DIR=str(folder))
    assert answer.code == 1
    assert "Mẫu thư không điền được" in answer.out


async def test_a_clock_that_went_back_is_broken(terminal: Terminal, talk: Talk) -> None:
    await talk.person().says("xin chào")
    written = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
    behind = await not_behind(talk.store, written - dt.timedelta(days=3))
    assert (behind.weight, "Đồng hồ chậm" in say(behind.text)) == (Weight.BROKEN, True)
    right = await not_behind(talk.store, written + dt.timedelta(days=1))
    assert "không chậm hơn" in say(right.text)
    # A clock that is set begins anew in each process: it is not the machine's.
    assert "Đồng hồ chậm" not in (await terminal("doctor", BOT_NOW="2026-11-20T08:00")).out


def _made(folder: Path, days: int) -> tuple[Path, Path]:
    """Make a certificate for this machine that ends in so many days; give it and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=100))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    one, two = folder / "cert.pem", folder / "key.pem"
    one.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    two.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return one, two


@contextmanager
def _served(cert: Path, key: Path) -> Iterator[int]:
    """Greet whoever asks with a certificate; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def greet() -> None:
            try:
                plain, _address = server.accept()
                with plain, context.wrap_socket(plain, server_side=True):
                    pass
            except OSError:
                return

        thread = threading.Thread(target=greet)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(("days", "weight"), [(60, Weight.OK), (5, Weight.WARNING)])
def test_a_certificate_that_nobody_renewed_is_told_before_it_ends(
    tmp_path: Path, days: int, weight: Weight
) -> None:
    cert, key = _made(tmp_path, days)
    believed = ssl.create_default_context(cafile=str(cert))
    with _served(cert, key) as port:
        (found,) = certificate(Settings(public_url=f"https://127.0.0.1:{port}"), believed)
    assert found.weight is weight, say(found.text)


@pytest.mark.parametrize("days", [60, -5])
def test_a_certificate_that_is_not_believed_or_has_ended_is_broken(
    tmp_path: Path, days: int
) -> None:
    cert, key = _made(tmp_path, days)
    believed = ssl.create_default_context(cafile=str(cert)) if days < 0 else None
    with _served(cert, key) as port:
        (found,) = certificate(Settings(public_url=f"https://127.0.0.1:{port}"), believed)
    assert found.weight is Weight.BROKEN, say(found.text)


def test_an_address_that_does_not_answer_is_a_warning_and_one_without_https_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (found,) = certificate(Settings(public_url=f"https://127.0.0.1:{port}"))
    assert found.weight is Weight.WARNING
    assert list(certificate(Settings(public_url="http://127.0.0.1:8080"))) == []
