"""Near twins: who names only what they share is asked which one, by buttons, on every channel."""

import pytest

from tests.transcript import Talk

TWINS = (
    ("khai sinh", ("KS01", "KS03")),
    ("giay khai sinh", ("KS01", "KS03")),
    ("kết hôn", ("KH01", "KH02")),
    ("tạm trú", ("CU02", "CU03")),
    ("căn cước", ("CA01", "CA02")),
    ("mai táng phí", ("BT02", "BT04")),
    ("giấy khuyết tật", ("BT05", "BT06")),
)


@pytest.mark.parametrize(("words", "twins"), TWINS)
async def test_twins_are_asked_back_and_a_press_leads_to_the_one(
    talk: Talk, channel: str, words: str, twins: tuple[str, ...]
) -> None:
    citizen = talk.person("c", channel)
    (listed,) = await citizen.says(f"/thutuc {words}")
    assert "thủ tục nào" in listed
    catalogue = talk.office.catalogue
    keys = [one.key for one in citizen.letters()[-1].body.choices]
    for guide in twins:
        procedure = catalogue.by_code(guide)
        assert procedure
        assert f"/thutuc {procedure.code}" in keys, (guide, listed)
    last = catalogue.by_code(twins[-1])
    assert last
    (guide_text,) = await citizen.says(str(keys.index(f"/thutuc {last.code}") + 1))
    assert last.name in guide_text
    assert "Giấy tờ cần có" in guide_text
