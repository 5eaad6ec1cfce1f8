"""Every step of the citizens' conversations: how it is reached, left, and asks once more."""

import pytest

from handlers import router
from messages.envelope import Attachment, AttachmentKind
from storage.dossiers import Exported, Stage
from tests.conversations.citizen_scenes import FREE, TROUBLE, person_of, step_of, sticker
from tests.dossiers.exports import imported
from tests.transcript import Somebody, Talk, code_in

WAYS: dict[str, tuple[str, ...]] = {
    "drafting.category": ("/gopy",),
    "drafting.story": ("/gopy", "1"),
    "drafting.photos": ("/gopy", "1", TROUBLE),
    "drafting.place": ("/gopy", "1", TROUBLE, "1"),
    "drafting.preview": (FREE,),
    "meanings.meant": ("asdfgh qwer zxcv",),
    "guidance.ask": ("/thutuc",),
    "dossier.ask": ("/hoso",),
    "dossier.factor": ("EXPORT", "/hoso A-1"),
    "dossier_home.group": ("/tainha",),
    "dossier_home.what": ("/tainha", "2"),
    "dossier_home.where": ("/tainha", "2", "Trợ cấp xã hội"),
    "dossier_home.when": ("/tainha", "2", "Trợ cấp xã hội", "Số 5 thôn Đông"),
    "information.matter": ("/gapcanbo",),
    "privacy.erase": ("/xoadulieu",),
    "tickets.confirm": (f"/gopy {TROUBLE}", "/rutphieu PA2611-1000"),
    "additions.which": (f"/gopy {TROUBLE}", "DAYS", "Đường vẫn chưa ai sửa"),
    "rating.comment": (f"/gopy {TROUBLE}", "ANSWER", "/danhgia PA2611-1000 4"),
    "thanks.whom": ("/camon",),
    "households.village": ("/hpsmart",),
    "households.household": ("/hpsmart", "Thôn Một"),
    "households.installed": ("/hpsmart", "Thôn Một", "Nguyễn Văn An"),
    "surveys.answer": ("/khaosat hailong",),
    "contact.number": ("/sodienthoai",),
    "contact.mine": ("CARD",),
}
"""Step → what is said until it waits; DAYS, EXPORT, ANSWER, CARD are what happens in between."""

MINE = (
    "additions",
    "contact",
    "dossier",
    "dossier_home",
    "drafting",
    "guidance",
    "information",
    "meanings",
    "menu",
    "privacy",
    "rating",
    "redirect",
    "tickets",
    "feedback",
    "households",
    "surveys",
    "thanks",
)

OF_OFFICIALS = {"households.rows"}


async def reach(talk: Talk, step: str, channel: str = "web") -> Somebody:
    """Bring a person to a step."""
    officer, citizen = await talk.official(), talk.person("c", channel)
    for said in WAYS[step]:
        if said == "DAYS":
            talk.hands.move(days=2)
        elif said == "EXPORT":
            await imported(talk, Exported("A-1", Stage.PROCESSING))
        elif said == "ANSWER":
            code = code_in(citizen.everything())
            await officer.says(f"/traloi {code} Đã vá xong")
        elif said == "CARD":
            card = Attachment(AttachmentKind.CONTACT, phone="0912345678")
            await citizen.sends(attachments=(card,))
        else:
            await citizen.says(said)
    citizen.new()
    person = await person_of(talk, citizen)
    assert person.step == step
    return citizen


def test_no_step_is_without_a_way() -> None:
    mine = {name for name in router.steps if name.partition(".")[0] in MINE} - OF_OFFICIALS
    assert set(WAYS) == mine


@pytest.mark.parametrize("step", WAYS)
async def test_cancel_leaves_each_step(talk: Talk, channel: str, step: str) -> None:
    citizen = await reach(talk, step, channel)
    (told,) = await citizen.says("/huy")
    assert "Đã" in told
    person = await person_of(talk, citizen)
    assert (person.step, person.data) == ("", {})


@pytest.mark.parametrize("step", WAYS)
async def test_each_step_answers_what_is_no_answer_and_goes_on_waiting(
    talk: Talk, channel: str, step: str
) -> None:
    citizen = await reach(talk, step, channel)
    for more in (
        {"text": ""},
        {"text": "  \n "},
        {"attachments": (sticker(),)},
        {"text": "/khongco"},
        {"text": "dài " * 25_000},
    ):
        (letter,) = await citizen.sends(**more)
        assert letter
        assert await step_of(talk, citizen) == step


@pytest.mark.parametrize("step", WAYS)
async def test_each_step_offers_a_way_back(talk: Talk, step: str) -> None:
    citizen = await reach(talk, step)
    await citizen.sends("")
    keys = {choice.key for choice in citizen.letters()[-1].body.choices}
    assert "/menu" in keys


@pytest.mark.parametrize("step", WAYS)
async def test_the_menu_is_reached_from_each_step(talk: Talk, step: str) -> None:
    citizen = await reach(talk, step, "zalo")
    (menu,) = await citizen.says("0")
    assert "Gửi phản ánh" in menu
    kept = step.startswith(
        (
            "contact.",
            "dossier_home.",
            "drafting.",
            "households.",
            "privacy.",
            "surveys.",
            "thanks.",
            "tickets.",
        )
    )
    assert await step_of(talk, citizen) == (step if kept else "")
