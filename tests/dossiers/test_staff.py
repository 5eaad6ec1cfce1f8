"""Staff send the export to the chat: looked at first, imported on their yes, by their role."""

from pathlib import Path

import pytest

from bot.dossier_work import DossierWork
from messages.envelope import Attachment, AttachmentKind
from storage.people import revoke
from tests.dossiers.exports import CODE, DIGITS, csv_of, row, xlsx_of
from tests.transcript import Somebody, Talk


async def sends(talk: Talk, somebody: Somebody, content: bytes, text: str = "") -> list[str]:
    """Send a file."""
    talk.channels[somebody.address.channel].files["file-1"] = content
    file = Attachment(AttachmentKind.FILE, ref="file-1", name="ho-so.xlsx")
    return await somebody.sends(text, attachments=(file,))


async def looked_at(talk: Talk, work: DossierWork, somebody: Somebody) -> list[str]:
    await work.look()
    await talk.settle()
    return somebody.new()


@pytest.mark.parametrize("role", ["staff", "leader", "admin"])
@pytest.mark.parametrize("text", ["", "/nhaphoso"])
async def test_a_file_is_looked_at_first_and_imported_on_a_yes(
    talk: Talk, work: DossierWork, channel: str, role: str, text: str
) -> None:
    staff = await talk.official(role, name="Tổ tổng hợp", channel=channel)
    (wait,) = await sends(talk, staff, xlsx_of([row()]), text)
    assert "đang xem" in wait
    (look,) = await looked_at(talk, work, staff)
    assert "Chưa nhập gì" in look
    assert "Mới: 1" in look
    assert await talk.read.dossiers.dossier(CODE) is None
    (doing,) = await staff.presses("Nhập tệp này")
    assert "Đang nhập" in doing
    (done,) = await looked_at(talk, work, staff)
    assert "Đã nhập xong" in done
    assert await talk.read.dossiers.dossier(CODE) is not None
    citizen = talk.person("c", channel)
    (answer,) = await citizen.says(f"/hoso {CODE} {DIGITS}")
    assert "khai sinh" in answer


async def test_a_wrong_file_is_refused_by_row_and_column_without_a_yes(
    talk: Talk, work: DossierWork
) -> None:
    staff = await talk.official("staff")
    await sends(talk, staff, csv_of([row(due="?")]))
    (told,) = await looked_at(talk, work, staff)
    assert "dòng 2, cột H" in told
    assert "[Nhập" not in told
    await sends(talk, staff, b"%PDF-1.7")
    (told,) = await looked_at(talk, work, staff)
    assert "không phải bảng" in told


async def test_a_part_of_an_export_asks_whether_the_rest_is_gone(
    talk: Talk, work: DossierWork
) -> None:
    staff = await talk.official("staff")
    many = [row(f"H24.107-261116-{n:04d}") for n in range(60)]
    for rows, button in ((many, "Nhập tệp này"), (many[:5], "Nhập, đúng là không còn")):
        await sends(talk, staff, csv_of(rows))
        await looked_at(talk, work, staff)
        await staff.presses(button)
        (done,) = await looked_at(talk, work, staff)
        assert "Đã nhập xong" in done
    last = await talk.read.dossiers.dossier("H24.107-261116-0059")
    assert last is not None
    assert last.gone


async def test_others_files_are_not_taken_for_exports(talk: Talk, work: DossierWork) -> None:
    for somebody in (talk.person("c"), await talk.official("officer")):
        await sends(talk, somebody, csv_of([row()]))
        await looked_at(talk, work, somebody)
        await sends(talk, somebody, csv_of([row()]), "/nhaphoso")
        await looked_at(talk, work, somebody)
    assert await talk.read.dossiers.last_import() is None


async def test_whose_role_ended_meanwhile_imports_nothing(talk: Talk, work: DossierWork) -> None:
    staff = await talk.official("staff", name="Tổ tổng hợp")
    await sends(talk, staff, csv_of([row()]))
    await looked_at(talk, work, staff)
    await staff.presses("Nhập tệp này")
    await talk.store.write(lambda c: revoke(c, name="Tổ tổng hợp", now=talk.hands()))
    await looked_at(talk, work, staff)
    assert await talk.read.dossiers.last_import() is None


async def test_nobody_imports_anothers_file(talk: Talk, work: DossierWork) -> None:
    first, second = await talk.official("staff"), await talk.official("staff", name="Người khác")
    await sends(talk, first, csv_of([row()]))
    await looked_at(talk, work, first)
    (refused,) = await second.says("/nhaphoso 1")
    assert "không còn chờ" in refused
    await looked_at(talk, work, second)
    assert await talk.read.dossiers.last_import() is None


async def test_a_file_that_nobody_confirms_is_deleted_after_a_day(
    talk: Talk, work: DossierWork, tmp_path: Path
) -> None:
    staff = await talk.official("staff")
    await sends(talk, staff, csv_of([row()]))
    await looked_at(talk, work, staff)
    assert list((tmp_path / "exports").iterdir())
    talk.hands.move(hours=25)
    await looked_at(talk, work, staff)
    assert not list((tmp_path / "exports").iterdir())
    (refused,) = await staff.says("/nhaphoso 1")
    assert "không còn chờ" in refused


async def test_after_an_import_no_export_is_left_on_the_disk(
    talk: Talk, work: DossierWork, tmp_path: Path
) -> None:
    staff = await talk.official("staff")
    await sends(talk, staff, csv_of([row()]))
    await looked_at(talk, work, staff)
    await staff.presses("Nhập tệp này")
    await looked_at(talk, work, staff)
    assert not list((tmp_path / "exports").iterdir())


async def test_without_a_file_it_is_asked_for(talk: Talk) -> None:
    staff = await talk.official("staff")
    (told,) = await staff.says("/nhaphoso")
    assert ".xlsx" in told
    (unknown,) = await talk.person("c").says("/nhaphoso")
    assert ".xlsx" not in unknown
