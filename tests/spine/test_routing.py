import unicodedata
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Protocol, Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.office import Office
from handlers.routing import Handler, Reply, Router, Turn
from messages.envelope import Attachment, AttachmentKind, Choice, Kind
from messages.languages import say
from storage.database import Store
from storage.people import Person, Role
from storage.reader import Reader
from storage.sealing import Box
from tests.databases import SECRET
from tests.storage.acts import Parts, message

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CITIZEN = Person(1, "web", "an")
OFFICER = replace(CITIZEN, roles=(Role("officer", "vp", "An"),))
ADMIN = replace(CITIZEN, roles=(Role("admin", "", "Bình"),))
PHOTO = Attachment(AttachmentKind.IMAGE, ref="photo")


def named(name: str) -> Handler:
    """A handler that answers with its name and what it was given."""

    async def handle(turn: Turn) -> Reply:
        return turn.say(f"{name}: {turn.words}")

    handle.__name__, handle.__module__ = name, "tests.conversation"
    return handle


def made_router() -> Router:
    router = Router()
    router.command("gopy", "phananh", always=True)(named("gopy"))
    router.command("phieu", takes=r"PA\d{4}-\w{4}")(named("phieu"))
    router.command("truc", takes="on|off", roles=("officer",))(named("truc"))
    router.command("huy")(named("huy"))
    router.command("camon", apart=False)(named("camon"))
    router.command("sdt", "sodienthoai", takes=r"[\d ]{9,16}", alone=False)(named("sdt"))
    router.command("tra", takes=r"PA\d{4}-\w{4}")(named("tra"))
    router.command("traloi", takes=r"PA\d{4}-\w{4}\s.+")(named("traloi"))
    router.command("menu")(named("menu"))
    router.step(named("story"))
    router.event(Kind.LEFT)(named("left"))
    router.event(Kind.TIMER, "close")(named("close"))
    router.code(r"#?[A-Z]{2}\d{2}")(named("guide"))
    router.otherwise(named("understanding"))
    return router


ROUTER = made_router()


class Answer(Protocol):
    async def __call__(
        self, text: str = "", person: Person = CITIZEN, **more: Unpack[Parts]
    ) -> str: ...


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader(Store("sqlite+aiosqlite:////nowhere/never-opened.db", Box(SECRET)))


@pytest.fixture
def answer(office: Office, reader: Reader) -> Answer:
    """Tells what a person is told for a message."""

    async def answer(text: str = "", person: Person = CITIZEN, **more: Unpack[Parts]) -> str:
        turn = Turn(message("an", text, **more), person, office, reader, NOW)
        reply = await ROUTER.handle(turn)
        return say(reply.letters[0].text, "en") if reply.letters else ""

    return answer


def _waiting(*offered: Choice) -> Person:
    return replace(CITIZEN, step="conversation.story", offered=offered)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/gopy đường hỏng", "gopy: đường hỏng"),
        ("#gopy đường hỏng", "gopy: đường hỏng"),
        ("  / GÓPY  đường\nhỏng ", "gopy: đường\nhỏng"),
        ("/phảnánh x", "gopy: x"),
        ("/gopy@TenBot đường hỏng rồi", "gopy: đường hỏng rồi"),
        ("/gopy", "gopy: "),
        ("gopy đường hỏng", "gopy: đường hỏng"),
        ("Góp ý", "gopy: "),
        ("/góp ý đường\nhỏng", "gopy: đường\nhỏng"),
        ("# PHẢN ÁNH: đường hỏng", "gopy: đường hỏng"),
        ("góp ý đường hỏng", "understanding: góp ý đường hỏng"),
        ("Cảm ơn", "understanding: Cảm ơn"),
        ("/cảm ơn cô Lan", "camon: cô Lan"),
        ("camon", "camon: "),
        ("/phieu anything at all", "phieu: anything at all"),
        ("phieu", "phieu: "),
        ("Phiếu PA2611-7KQ2", "phieu: PA2611-7KQ2"),
        ("phieu của tôi đâu", "understanding: phieu của tôi đâu"),
        ("huy", "huy: "),
        ("Hủy", "huy: "),
        ("huy bỏ giúp tôi", "understanding: huy bỏ giúp tôi"),
        ("0", "menu: "),
        ("/nosuch word", "understanding: /nosuch word"),
        ("KS01", "guide: KS01"),
        ("#ks01", "guide: #ks01"),
        ("cho tôi KS01", "understanding: cho tôi KS01"),
        ("", "understanding: "),
        ("/", "understanding: /"),
    ],
)
async def test_a_word_is_a_command_where_the_contract_says_so(
    answer: Answer, text: str, told: str
) -> None:
    assert await answer(text) == told


@pytest.mark.parametrize(
    ("person", "told"),
    [(CITIZEN, "understanding: /truc on"), (OFFICER, "truc: on"), (ADMIN, "truc: on")],
)
async def test_a_forged_officers_command_is_no_command(
    answer: Answer, person: Person, told: str
) -> None:
    assert await answer("/truc on", person) == told


@pytest.mark.parametrize("typed", ["/trả lời", "#tra loi", "trả lời", "Trả lời:", "/traloi"])
async def test_the_longest_command_counts(answer: Answer, typed: str) -> None:
    assert await answer(f"{typed} PA2611-7KQ2 Đã sửa.") == "traloi: PA2611-7KQ2 Đã sửa."
    assert await answer("/trả PA2611-7KQ2") == "tra: PA2611-7KQ2"


async def test_the_step_that_waits_takes_what_is_no_command(answer: Answer) -> None:
    assert await answer("đường hỏng", _waiting()) == "story: đường hỏng"
    assert await answer("/nosuch", _waiting()) == "story: /nosuch"
    assert await answer("/huy", _waiting()) == "huy: "
    assert await answer("huy", _waiting()) == "huy: "
    assert await answer("", _waiting(), attachments=(PHOTO,)) == "story: "


async def test_a_step_that_no_longer_exists_does_not_trap_anybody(answer: Answer) -> None:
    lost = replace(CITIZEN, step="conversation.removed_last_year")
    assert await answer("xin chào", lost) == "understanding: xin chào"


@pytest.mark.parametrize("text", ["2", " 2 ", "2.", "2)", "Đèn đường", "den duong", "ĐÈN ĐƯỜNG."])
async def test_a_choice_may_be_typed_as_its_number_or_its_title(answer: Answer, text: str) -> None:
    offered = (Choice("road", "Đường", "", 1), Choice("light", "Đèn đường", "", 2))
    assert await answer(text, _waiting(*offered)) == "story: light"


@pytest.mark.parametrize(
    "text",
    [
        "số 2",
        "Số 2.",
        "so 2",
        "(2)",
        "2️⃣",
        "2 ạ",
        "2 nhé",
        "chọn 2",
        "Tôi chọn số 2 ạ",
        "bấm phím 2",
        "câu 2",
        "hai",
        "Hai ạ",
        "số hai",
        "chon so hai",
    ],
)
async def test_a_choice_may_be_named_as_people_say_a_number(answer: Answer, text: str) -> None:
    offered = (Choice("road", "Đường", "", 1), Choice("light", "Đèn đường", "", 2))
    for form in ("NFC", "NFD"):
        said = unicodedata.normalize(form, text)
        assert await answer(said, _waiting(*offered)) == "story: light"


@pytest.mark.parametrize("text", ["nam", "sau", "2 con trâu", "ngõ 2", "0000", "năm 2", "hai nhà"])
async def test_words_with_a_number_in_them_are_no_choice(answer: Answer, text: str) -> None:
    offered = tuple(Choice(f"c{n}", f"Mục {n}", "", n) for n in range(1, 9))
    assert await answer(text, _waiting(*offered)) == f"story: {text}"


async def test_a_title_that_is_a_number_means_itself(answer: Answer) -> None:
    offered = (Choice("first", "2", "", 1), Choice("second", "1", "", 2))
    assert await answer("2", _waiting(*offered)) == "story: first"


async def test_a_word_that_asks_for_something_else_alone_is_no_command(answer: Answer) -> None:
    assert await answer("Số điện thoại") == "understanding: Số điện thoại"
    assert await answer("sđt") == "understanding: sđt"
    assert await answer("sdt 0912 345 678") == "sdt: 0912 345 678"
    assert await answer("/sdt") == "sdt: "


async def test_a_number_that_was_not_offered_is_words(answer: Answer) -> None:
    assert await answer("7", _waiting(Choice("road", "Đường", "", 1))) == "story: 7"


async def test_a_number_beside_a_photo_is_words(answer: Answer) -> None:
    person = _waiting(Choice("road", "Đường", "", 1))
    assert await answer("1", person, attachments=(PHOTO,)) == "story: 1"


async def test_a_choice_whose_key_is_a_command_works_at_any_time(answer: Answer) -> None:
    rating = Choice("/phieu PA2611-7KQ2", "Xem phiếu", "", 1)
    assert await answer("1", replace(CITIZEN, offered=(rating,))) == "phieu: PA2611-7KQ2"
    assert await answer(choice=rating.key) == "phieu: PA2611-7KQ2"
    assert await answer(choice=rating.key, person=_waiting()) == "phieu: PA2611-7KQ2"


async def test_a_choice_whose_key_is_only_spelled_like_a_command_is_none(answer: Answer) -> None:
    village = Choice("huy", "Thôn Huy", "", 1)
    assert await answer("1", _waiting(village)) == "story: huy"
    assert await answer(choice="huy", person=_waiting(village)) == "story: huy"


@pytest.mark.parametrize("person", [CITIZEN, _waiting(), _waiting(Choice("new", "New", "", 1))])
async def test_a_button_of_an_old_message_gets_a_polite_sentence(
    answer: Answer, person: Person
) -> None:
    told = await answer(choice="old", person=person)
    assert "button" in told


async def test_an_events_handler_takes_it_and_what_nobody_takes_is_silence(answer: Answer) -> None:
    assert await answer(kind=Kind.LEFT) == "left: "
    assert await answer("close", kind=Kind.TIMER) == "close: "
    assert await answer("nobody's timer", kind=Kind.TIMER) == ""
    assert await answer("/gopy x", kind=Kind.SEEN) == ""


async def test_what_people_say_to_each_other_in_a_group_is_not_answered(answer: Answer) -> None:
    assert await answer("xin chào", group="g1") == ""
    assert await answer("/gopy đường hỏng", group="g1") == "gopy: đường hỏng"


@given(st.text())
def test_any_text_finds_a_handler(text: str) -> None:
    turn = Turn(message("an", text), CITIZEN, None, None, NOW)  # type: ignore[arg-type] # not asked
    for person in (CITIZEN, ADMIN, _waiting(Choice("a", text[:35], "", 1))):
        handler, _ = ROUTER.find(replace(turn, person=person))
        assert callable(handler)


def test_a_turn_stays_small() -> None:
    assert {field.name for field in fields(Turn)} == {
        "message",
        "person",
        "office",
        "read",
        "now",
        "chance",
        "words",
    }


def test_two_conversations_cannot_have_one_command() -> None:
    router = Router()
    router.include(ROUTER)
    with pytest.raises(ValueError, match="gopy"):
        router.include(ROUTER)
    with pytest.raises(ValueError, match="huy"):
        router.command("other", "huy")(named("x"))


def test_what_is_registered_twice_in_one_file_is_refused() -> None:
    router = made_router()
    with pytest.raises(ValueError, match="gopy"):
        router.command("gopy")(named("x"))
    with pytest.raises(ValueError, match="story"):
        router.step(named("story"))
    with pytest.raises(ValueError, match="close"):
        router.event(Kind.TIMER, "close")(named("x"))
    with pytest.raises(ValueError, match="LEFT"):
        router.event(Kind.LEFT)(named("x"))


async def test_asking_names_the_step_and_ending_forgets_the_conversation(
    office: Office, reader: Reader
) -> None:
    turn = Turn(message(), replace(CITIZEN, data={"a": "b"}), office, reader, NOW)
    story = ROUTER.steps["conversation.story"]
    asked = turn.ask("?", then=story)
    assert (asked.step, asked.data) == ("conversation.story", {"a": "b"})
    assert turn.ask("?", then=story, data={}).data == {}
    ended = turn.end("bye")
    assert (ended.step, ended.data) == ("", {})
    assert (turn.say("hm").step, turn.say("hm").data) == (None, None)
    assert turn.quiet().letters == ()


async def test_an_answer_goes_to_the_group_in_which_it_was_asked(
    office: Office, reader: Reader
) -> None:
    turn = Turn(message(group="g1"), CITIZEN, office, reader, NOW)
    assert turn.say("hello").letters[0].group == "g1"
