import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.codes import ALPHABET, invite_code, ticket_code

CONTRACT = re.compile(r"PA\d{4}-[0-9A-HJKMNP-TV-Z]{4}")

digits = st.text("0123456789", min_size=4, max_size=4)
letters = st.text(ALPHABET, min_size=4, max_size=4)
MISREAD = {"0": "0oO", "1": "1iIlL"}


@st.composite
def _typed(draw: st.DrawFn, code: str) -> str:
    """A code as somebody types it: any case, 0 and 1 as the letters they look like."""
    return "".join(draw(st.sampled_from(MISREAD.get(c, c + c.lower()))) for c in code)


@given(st.data(), digits, letters, st.sampled_from(["-", " - ", " ", "", "–"]))
def test_a_ticket_code_is_read_in_any_case_and_with_o_i_and_l(
    data: st.DataObject, month: str, end: str, between: str
) -> None:
    typed = "".join(
        (
            data.draw(st.sampled_from(["PA", "pa", "Pa", "PA "])),
            data.draw(_typed(month)),
            between,
            data.draw(_typed(end)),
        )
    )
    assert ticket_code(typed) == f"PA{month}-{end}"


@given(st.text())
def test_what_is_found_in_any_text_has_the_form_of_the_contract(text: str) -> None:
    for found in (ticket_code(text), ticket_code(f"PA{text}"), ticket_code(f"PA2611-{text}")):
        assert not found or CONTRACT.fullmatch(found)


@given(st.text())
def test_what_is_read_as_an_invitation_has_its_form(text: str) -> None:
    found = invite_code(text)
    assert not found or (len(found) == 8 and set(found) <= set(ALPHABET))


@given(st.data(), st.text(ALPHABET, min_size=8, max_size=8), st.sampled_from(["", "-", " "]))
def test_an_invitation_is_read_as_it_was_given(
    data: st.DataObject, code: str, between: str
) -> None:
    typed = data.draw(_typed(code))
    assert invite_code(f"  {typed[:4]}{between}{typed[4:]}\n") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Cho tôi hỏi phiếu PA2611-7KQ2 ạ", "PA2611-7KQ2"),
        ("(pa2611-7kq2).", "PA2611-7KQ2"),
        ("#PA2611-7KQ2", "PA2611-7KQ2"),
        ("PAZ611-7KQ2", ""),
        ("PA2611-7KQ", ""),
        ("PA2611-7KQ22", ""),
        ("XPA2611-7KQ2", ""),
        ("PA2611-7KU2", ""),
        # One that is none does not hide the one that follows.
        ("không phải PA2611-UUUU mà là PA2611-7KQ2", "PA2611-7KQ2"),
        ("", ""),
    ],
)
def test_a_ticket_code_is_found_where_one_stands(text: str, code: str) -> None:
    assert ticket_code(text) == code


@pytest.mark.parametrize(
    "text", ["", "ABCDEFG", "ABCDEFGHJ", "ABCD EFG U", "ABCDEFGU", "cảm ơn bạn"]
)
def test_other_words_are_no_invitation(text: str) -> None:
    assert invite_code(text) == ""
