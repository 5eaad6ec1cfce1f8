"""No reader of what comes from outside does anything but read or refuse."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.parsers import PARSERS, packed

SHEET = "xl/worksheets/sheet1.xml"
PIECES = st.binary(max_size=8) | st.sampled_from(
    [
        b"\0",
        b'"',
        b"{",
        b"[[",
        b"\n",
        b"9" * 30,
        b"-1",
        b"1e999",
        b"null",
        b"\xed\xa0\x80",
        "ế".encode(),
    ]
)


@st.composite
def spoilt(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Good input with some pieces taken out and others put in; or no sense at all."""
    data = draw(st.sampled_from((b"", *seeds)))
    for _edit in range(draw(st.integers(0, 4))):
        at, gone = draw(st.integers(0, len(data))), draw(st.integers(0, 12))
        data = data[:at] + draw(PIECES) + data[at + gone :]
    return data


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_a_reader_reads_or_refuses_and_never_fails(name: str, data: st.DataObject) -> None:
    parser = PARSERS[name]
    with contextlib.suppress(*parser.refuses):
        parser.read(data.draw(spoilt(parser.seeds)))


@pytest.mark.parametrize("name", PARSERS)
def test_good_input_is_not_only_refused(name: str) -> None:
    """A table whose readers refuse everything would try nothing."""
    parser = PARSERS[name]
    refused = 0
    for seed in parser.seeds:
        try:
            parser.read(seed)
        except parser.refuses:
            refused += 1
    assert refused < len(parser.seeds)


@given(data=st.data())
def test_a_spoilt_sheet_within_a_sound_workbook_is_read_or_refused(data: st.DataObject) -> None:
    parser = PARSERS["procedure table"]
    whole = next(seed for seed in parser.seeds if seed.startswith(b"PK"))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sheet = archive.read(SHEET)
    with contextlib.suppress(*parser.refuses):
        parser.read(packed(SHEET, data.draw(spoilt((sheet,)))))
