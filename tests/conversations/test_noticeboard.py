"""What the commune makes public: said in the chat, dated, and proven day by day."""

import dataclasses
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.publication_watch import PublicationWatch
from handlers.commune import BadCommune, load_publications
from handlers.office import Office
from handlers.publications import Noticeboard
from messages.languages import ZONE
from storage.database import Store
from storage.published import keep_version, version_at
from tests.conftest import COMMUNE, Hands
from tests.transcript import Talk, talking

FILLED = """
[[publications]]
id = "week"
title = "Lịch công tác tuần"
text = "Thứ Hai: giao ban."
names = ["lịch công tác"]

[[publications]]
id = "friday"
title = "Ngày thứ 6 không hẹn"
text = "Chứng thực bản sao làm ngay."
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "commune"
    shutil.copytree(COMMUNE, found)
    (found / "publications.toml").write_text(FILLED, "utf-8")
    return found


@pytest.fixture
def own(office: Office, folder: Path) -> Office:
    return dataclasses.replace(office, board=Noticeboard(load_publications(folder)))


@pytest.fixture
def watch(folder: Path, own: Office, store: Store, hands: Hands) -> PublicationWatch:
    return PublicationWatch(folder, own, store, hands, shows=True)


async def kinds(talk: Talk) -> dict[str, int]:
    today = talk.hands().astimezone(ZONE).date()
    tallies = await talk.read.tallies(today, today)
    return {kind: tally.count for kind, tally in tallies.items() if "public" in kind}


async def test_the_shipped_file_names_all_and_claims_nothing(office: Office) -> None:
    found = load_publications(COMMUNE)
    assert {one.id for one in found} == {
        *("reception_rules", "week", "pledge", "democracy", "online", "friday")
    }
    assert not any(one.text or one.url for one in found)
    known = {
        kind for c in office.scheme.criteria for part in c.components for kind in part.evidence
    }
    assert {f"publication.{one.id}" for one in found} <= known


async def test_each_day_on_which_something_is_public_is_evidence_once(
    store: Store, own: Office, hands: Hands, watch: PublicationWatch
) -> None:
    async with talking(store, own, hands) as talk:
        for _look in range(3):
            await watch.look()
        first = {"publication": 1, "publication.week": 1, "publication.friday": 1}
        # Hours that nobody has confirmed and numbers that nobody gave are not public.
        assert await kinds(talk) == {**first, "publication.changed": 3}
        hands.move(days=1)
        await watch.look()
        await watch.look()
        assert await kinds(talk) == first
        today = hands().astimezone(ZONE).date()
        days = await talk.read.days_of("publication", today - timedelta(days=9), today)
        assert days == {today, today - timedelta(days=1)}


async def test_a_change_is_dated_and_said_and_a_wrong_file_changes_nothing(
    store: Store, own: Office, hands: Hands, watch: PublicationWatch, folder: Path
) -> None:
    async with talking(store, own, hands) as talk:
        await watch.look()
        citizen = talk.person()
        (told,) = await citizen.says("/congkhai week")
        assert "Thứ Hai: giao ban." in told
        assert "Công khai từ ngày 23/11/2026." in told
        hands.move(days=2)
        path = folder / "publications.toml"
        path.write_text(FILLED.replace("giao ban", "tiếp dân"), "utf-8")
        await watch.look()
        (told,) = await citizen.says("lịch công tác")
        assert "Thứ Hai: tiếp dân." in told
        assert "Công khai từ ngày 23/11/2026, sửa ngày 25/11/2026." in told
        assert (await kinds(talk))["publication.changed"] == 1
        path.write_text("[[publications]]\nid = 3", "utf-8")
        await watch.look()
        assert "tiếp dân" in (await citizen.says("/congkhai week"))[0]
        path.unlink()
        await watch.look()
        assert "Thứ Hai" not in (await citizen.says("/congkhai"))[0]


async def test_a_process_without_pages_makes_nothing_public(
    store: Store, own: Office, hands: Hands, folder: Path
) -> None:
    async with talking(store, own, hands) as talk:
        await PublicationWatch(folder, own, store, hands, shows=False).look()
        assert await kinds(talk) == {}


async def test_what_is_not_told_yet_says_so(
    store: Store, office: Office, hands: Hands, channel: str
) -> None:
    shipped = dataclasses.replace(office, board=Noticeboard(load_publications(COMMUNE)))
    async with talking(store, shipped, hands) as talk:
        citizen = talk.person("c", channel)
        (listed,) = await citizen.says("/congkhai")
        assert "/cong-khai" in listed
        (told,) = await citizen.presses("Nội quy tiếp công dân")
        assert "chưa cập nhật" in told
        (told,) = await citizen.says("Quy chế dân chủ")
        assert "chưa cập nhật" in told
        (told,) = await citizen.says("/congkhai bí mật")
        assert "Không có mục" in told


async def test_friday_and_the_schedule_tell_what_is_public_about_them(
    store: Store, own: Office, hands: Hands
) -> None:
    async with talking(store, own, hands) as talk:
        citizen = talk.person()
        (told,) = await citizen.says("thứ sáu không hẹn là thế nào")
        assert "Chứng thực bản sao làm ngay." in told
        await citizen.says("/lich")
        (told,) = await citizen.presses("Lịch công tác tuần")
        assert "giao ban" in told


@pytest.mark.parametrize(
    "text",
    [
        '[[publications]]\nid = "A"\ntitle = "x"',
        '[[publications]]\nid = "a"\ntitle = ""',
        '[[publications]]\nid = "a"\ntitle = "x"\nurl = "http://x"',
        '[[publications]]\nid = "a"\ntitle = "x"\ncolour = "red"',
        '[[publications]]\nid = "a"\ntitle = "x"\n[[publications]]\nid = "a"\ntitle = "y"',
        "publications = 3",
        "no toml",
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "publications.toml").write_text(text, "utf-8")
    with pytest.raises(BadCommune, match=r"publications\.toml:\d+: "):
        load_publications(tmp_path)


async def test_the_catalogue_of_each_day_is_kept_and_found_again(
    store: Store, hands: Hands
) -> None:
    before = hands()
    assert await version_at(store, before) is None
    assert await keep_version(store, b"first", hands())
    assert not await keep_version(store, b"first", hands())
    hands.move(days=1)
    assert await keep_version(store, b"second", hands())
    hands.move(days=1)
    assert await keep_version(store, b"first", hands())
    for days, content in ((0.5, b"first"), (1.5, b"second"), (9, b"first")):
        found = await version_at(store, before + timedelta(days=days))
        assert found is not None
        assert found[1] == content
