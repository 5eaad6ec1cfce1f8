"""`retention` and `audit` at the command line."""

from pathlib import Path

from tests.command_line.terminal import Terminal
from tests.conftest import COMMUNE
from tests.transcript import Talk, code_in

TROUBLE = "Đường vỡ ổ gà to trước cổng trường"


async def test_a_dry_run_tells_each_kind_and_changes_nothing(
    terminal: Terminal, talk: Talk
) -> None:
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    later = {"BOT_NOW": "2033-01-01T08:00"}
    dry = await terminal("retention", "--dry-run", **later)
    assert dry.code == 0
    kinds = [line.partition(":")[0] for line in dry.out.splitlines()]
    assert kinds == list(talk.office.commune.retention.periods)
    assert "messages: 1 " in dry.out
    again = await terminal("retention", "--dry-run", **later)
    assert again.out == dry.out
    done = await terminal("retention", **later)
    assert done.code == 0
    assert "messages: đã xóa" in done.out
    assert "messages: 0 " in (await terminal("retention", "--dry-run", **later)).out
    # It is open, however old.
    assert (await talk.read.words(code))[0].text == TROUBLE


async def test_a_kind_without_a_period_is_told_to_be_unconfirmed(
    terminal: Terminal, tmp_path: Path
) -> None:
    folder = tmp_path / "commune"
    folder.symlink_to(COMMUNE)
    copy = tmp_path / "copy"
    copy.mkdir()
    for one in folder.iterdir():
        if one.name != "commune.toml":
            (copy / one.name).symlink_to(one.resolve())
    text = (COMMUNE / "commune.toml").read_text("utf-8").replace("media = 730\n", "")
    (copy / "commune.toml").write_text(text, "utf-8")
    told = await terminal("retention", "--dry-run", BOT_COMMUNE_DIR=str(copy))
    (line,) = [line for line in told.out.splitlines() if line.startswith("media")]
    assert "lưu mãi" in line
    assert "xác nhận" in line


async def test_what_was_read_at_the_machine_is_in_the_audit(terminal: Terminal, talk: Talk) -> None:
    code = code_in(await talk.person().says(f"/gopy {TROUBLE}"))
    assert (await terminal("tickets", code)).code == 0
    assert (await terminal("tickets")).code == 0
    assert (await terminal("invite", "--role", "staff", "--name", "Hai")).code == 0
    told = (await terminal("audit")).out.splitlines()
    acts = [line.split("\t")[3] for line in told]
    assert acts == ["audit", "invite", "tickets", "tickets"]
    (one, *_rest) = [line for line in told if code in line]
    assert "cli" in one.split("\t")
    about = (await terminal("audit", code)).out.splitlines()
    assert [line.split("\t")[3] for line in about] == ["audit", "tickets"]
