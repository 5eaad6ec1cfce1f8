"""`requests` and `breaches` at the command line."""

import json

from tests.command_line.terminal import Terminal
from tests.transcript import Talk, code_in

WHAT = "Gửi nhầm danh sách hộ nghèo vào nhóm chat"


async def test_the_register_of_requests_has_every_clock_and_no_word(
    terminal: Terminal, talk: Talk
) -> None:
    citizen = talk.person(name="Bà Hoa")
    code = code_in(await citizen.says("/suadulieu Tên thôn của tôi ghi sai"))
    await citizen.says("/dulieu")
    answer = await terminal("requests", "--period", "2026-H2", "--format", "json")
    told = json.loads(answer.out)
    (row,) = told["requests"]
    assert (row["code"], row["kind"], row["state"], row["unit"]) == (
        code,
        "data_correction",
        "new",
        "vp",
    )
    assert row["respond_by"] == "2026-11-26T17:00:00+07:00"
    assert row["due_at"] == "2026-12-03T17:00:00+07:00"
    assert row["responded_at"] is None
    assert told["done_at_once"] == {"data.given": 1, "data.corrected": 0, "data.withdrawn": 0}
    assert "Hoa" not in answer.out
    assert "thôn" not in answer.out
    text = await terminal("requests", "--period", "2026-H2")
    assert code in text.out
    assert (
        json.loads((await terminal("requests", "--period", "2025", "--format", "json")).out)[
            "requests"
        ]
        == []
    )


async def test_an_incident_is_exported_with_what_is_known_and_its_form_is_unconfirmed(
    terminal: Terminal, talk: Talk
) -> None:
    staff = await talk.official("staff")
    code = code_in(await staff.says(f"/suco {WHAT}"))
    await staff.says(f"/suco {code} ai 12 hộ")
    text = (await terminal("breaches", code)).out
    for part in (code, WHAT, "12 hộ", "cần xác nhận", "Mẫu 08", "chưa ghi"):
        assert part in text
    await staff.says(f"/suco {code} daibao Công văn 12/UBND-VP")
    (row,) = json.loads((await terminal("breaches", "--format", "json")).out)
    assert (row["what"], row["touches"], row["told"]) == (WHAT, "12 hộ", "Công văn 12/UBND-VP")
    assert (row["on_time"], row["form_confirmed"]) == (True, False)


async def test_an_incident_is_listed_by_a_command_whose_clock_is_behind_the_services(
    terminal: Terminal, talk: Talk
) -> None:
    staff = await talk.official("staff")
    code = code_in(await staff.says(f"/suco {WHAT}"))
    for arguments in (("breaches",), ("breaches", code)):
        assert code in (await terminal(*arguments, BOT_NOW="2026-11-20T08:00")).out


async def test_an_incident_that_is_not_there_is_refused(terminal: Terminal, talk: Talk) -> None:
    citizens = code_in(await talk.person().says("/gopy Đường vỡ ổ gà to trước cổng trường"))
    for code in (citizens, "PA2611-0000", "x"):
        answer = await terminal("breaches", code)
        assert answer.code == 1
        assert code in answer.reason
    assert (await terminal("breaches")).code == 0


async def test_reading_them_is_in_the_audit(terminal: Terminal, talk: Talk) -> None:
    code = code_in(await (await talk.official("staff")).says(f"/suco {WHAT}"))
    await terminal("breaches", code)
    await terminal("requests")
    acts = [line.split("\t")[3] for line in (await terminal("audit")).out.splitlines()]
    assert acts[:3] == ["audit", "requests", "breaches"]
