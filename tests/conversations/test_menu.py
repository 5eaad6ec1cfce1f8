import pytest

from handlers import meanings, router
from handlers.intents import Intent
from messages.envelope import Kind
from tests.conversations.citizen_scenes import FREE, TROUBLE, person_of, state, step_of, sticker
from tests.transcript import Talk, code_in


@pytest.mark.parametrize("first", ["/start", "start", "xin chào", "Chào ad ạ", ""])
async def test_the_first_word_brings_the_menu(talk: Talk, channel: str, first: str) -> None:
    (letter,) = await talk.person("c", channel).says(first)
    for part in ("Gửi phản ánh", "Hỏi thủ tục", "Tra cứu hồ sơ", "Gặp cán bộ"):
        assert part in letter


async def test_the_welcome_carries_the_consent_line(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    for letters in (await citizen.says("/start"), await citizen.sends(kind=Kind.FOLLOWED)):
        assert "/riengtu" in letters[0]
        assert "tố cáo" in letters[0]


async def test_who_leaves_is_not_written_to(talk: Talk) -> None:
    assert await talk.person().sends(kind=Kind.LEFT) == []


@pytest.mark.parametrize("typed", ["0", "0.", "menu", "/MENU", "Menu"])
async def test_zero_is_the_menu_at_any_time(talk: Talk, typed: str) -> None:
    citizen = talk.person("c", "zalo")
    await citizen.says("KS01")
    (letter,) = await citizen.says(typed)
    assert "1. Gửi phản ánh" in letter


async def test_every_choice_of_the_menu_leads_somewhere(talk: Talk, channel: str) -> None:
    citizen = talk.person("c", channel)
    await citizen.says("/menu")
    for choice in citizen.letters()[-1].body.choices:
        await citizen.says("/huy")
        (letter,) = await citizen.sends(choice=choice.key)
        assert "chưa chắc" not in letter


async def test_officials_find_their_work_first(talk: Talk) -> None:
    officer, staff = await talk.official(), await talk.official(role="staff", name="Tô Thị Kê")
    assert "[Việc của tôi]" in (await officer.says("/menu"))[0] or "/viec" in str(
        officer.letters()[-1].body.choices
    )
    await staff.says("/menu")
    assert "/report" in {choice.key for choice in staff.letters()[-1].body.choices}
    await talk.person().says("/menu")
    assert "/report" not in {c.key for c in talk.channels["web"].letters[-1].body.choices}


@pytest.mark.parametrize("thanks", ["cảm ơn", "cam on", "ok", "vâng ạ"])
async def test_thanks_are_answered_as_thanks(talk: Talk, thanks: str) -> None:
    citizen = talk.person()
    await citizen.says("/start")
    assert "không có gì" in (await citizen.says(thanks))[0]
    await citizen.says("asdf qwer")
    assert "không có gì" in (await citizen.says(thanks))[0]


async def test_help_tells_officials_their_commands_too(talk: Talk) -> None:
    officer, staff = await talk.official(), await talk.official(role="staff", name="Tô Thị Kê")
    admin = await talk.official(role="admin", name="Quản Trị")
    told = {who: (await who.says("/help"))[0] for who in (officer, staff, admin, talk.person())}
    assert ["/traloi" in one for one in told.values()] == [True, False, True, False]
    assert ["/report" in one for one in told.values()] == [False, True, True, False]


async def test_help_names_the_commands(talk: Talk) -> None:
    (letter,) = await talk.person().says("/help")
    for word in ("/gopy", "/thutuc", "/hoso", "/phieu", "/lienhe", "/gapcanbo", "/huy", "113"):
        assert word in letter


@pytest.mark.parametrize("typed", ["/ngonngu en", "ngonngu english", "/language en", "lang EN"])
async def test_english_is_spoken_from_then_on(talk: Talk, channel: str, typed: str) -> None:
    citizen = talk.person("c", channel)
    (told,) = await citizen.says(typed)
    assert "English" in told
    (letter,) = await citizen.says("/menu")
    assert "Send feedback" in letter
    await citizen.says("/ngonngu vi")
    (letter,) = await citizen.says("/menu")
    assert "Gửi phản ánh" in letter


async def test_languages_are_offered_and_a_draft_goes_on_in_the_one_chosen(talk: Talk) -> None:
    citizen = talk.person("c", "zalo")
    (offered,) = await citizen.says("/ngonngu")
    assert "2. English" in offered
    await citizen.says("/gopy")
    await citizen.says("1")
    (question,) = await citizen.says("/ngonngu en")
    assert "what happened" in question
    assert await step_of(talk, citizen) == "drafting.story"


@pytest.mark.parametrize("typed", ["/huy", "huỷ", "Hủy", "/cancel", "quay lại", "huỷ bỏ", "thoát"])
async def test_cancel_leaves_and_says_what_was_dropped(talk: Talk, typed: str) -> None:
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    (told,) = await citizen.says(typed)
    assert "Đã bỏ nội dung ông/bà đang viết" in told
    person = await person_of(talk, citizen)
    assert (person.step, person.data) == ("", {})
    (told,) = await citizen.says(typed)
    assert "Không có việc nào" in told


async def test_what_is_not_understood_offers_the_likeliest_and_a_person(
    talk: Talk, channel: str
) -> None:
    citizen = talk.person("c", channel)
    (letter,) = await citizen.says("asdfgh qwer zxcv")
    assert "Gặp cán bộ" in letter
    assert "Gửi phản ánh" in letter
    (shown,) = await citizen.presses("Gửi phản ánh")
    assert "asdfgh qwer zxcv" in shown
    code_in(await citizen.presses("Gửi"))


async def test_other_words_are_understood_anew(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("asdfgh qwer zxcv")
    (nothing,) = await citizen.says(" ")
    assert "ngắn gọn" in nothing
    (guide,) = await citizen.says("dang ky tam tru cho nguoi thue tro can giay to gi")
    assert "tạm trú" in guide
    assert await step_of(talk, citizen) == ""


async def test_new_words_stand_for_themselves_and_a_photo_for_the_old_ones(talk: Talk) -> None:
    citizen = talk.person()
    await citizen.says("asdfgh qwer zxcv")
    (shown,) = await citizen.says(FREE)
    assert FREE in shown
    assert "asdfgh" not in shown
    await citizen.says("/huy")
    await citizen.says("asdfgh qwer zxcv")
    (shown,) = await citizen.photo()
    assert "asdfgh qwer zxcv" in shown
    assert "1 ảnh" in shown


async def test_a_trouble_that_only_shares_its_words_with_a_procedure_is_not_taken_for_it(
    talk: Talk,
) -> None:
    citizen = talk.person()
    (letter,) = await citizen.says("xe tải chở đất của công ty A")
    assert "Giấy tờ cần có" not in letter
    assert "[Gửi phản ánh, góp ý]" in letter


@pytest.mark.parametrize("words", ["cảm ơn", "Cảm ơn ad nhiều ạ", "ok", "thank you", "dạ vâng"])
async def test_thanks_are_answered_in_a_word(talk: Talk, words: str) -> None:
    (letter,) = await talk.person().says(words)
    assert letter.startswith("Dạ")


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "."])
async def test_an_empty_message_is_answered(talk: Talk, channel: str, text: str) -> None:
    assert await talk.person("c", channel).says(text) != []


async def test_a_sticker_is_answered(talk: Talk, channel: str) -> None:
    (letter,) = await talk.person("c", channel).sends(attachments=(sticker(),))
    assert "nhãn dán" in letter


@pytest.mark.parametrize("text", ["x" * 100_000, "đường hỏng " * 9_000, "😡" * 50_000])
async def test_a_hundred_thousand_characters_are_told_the_limit(
    talk: Talk, channel: str, text: str
) -> None:
    (letter,) = await talk.person("c", channel).says(text)
    assert "4000" in letter


@pytest.mark.parametrize("text", ["/khongco", "/nhan PA2611-1000", "/traloi PA2611-1000 Xong rồi"])
async def test_a_command_that_is_not_ones_own_does_nothing(talk: Talk, text: str) -> None:
    citizen = talk.person()
    code = code_in(await citizen.says(f"/gopy {TROUBLE}"))
    before = await state(talk, code)
    (letter,) = await citizen.says(text)
    assert "không có lệnh" in letter
    assert await state(talk, code) is before
    assert len(await talk.read.words(code)) == 1


async def test_a_button_of_an_old_message_is_answered_politely(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    await citizen.says("/gopy")
    old = citizen.choice("Giao thông")
    await citizen.says("/huy")
    (letter,) = await citizen.sends(choice=old)
    assert "tin trước" in letter or "không còn dùng" in letter


async def test_people_among_themselves_in_a_group_are_left_alone(talk: Talk) -> None:
    citizen = talk.person("c", "telegram")
    await citizen.sends("hôm nay họp nhé", group="-100")
    assert talk.channels["telegram"].letters == []


async def test_a_photo_with_words_is_shown_as_feedback(talk: Talk) -> None:
    citizen = talk.person()
    (shown,) = await citizen.photo("cái này sao để mãi thế")
    assert "cái này sao để mãi thế" in shown
    code = code_in(await citizen.presses("Gửi"))
    assert len(await talk.read.files(code)) == 1


async def test_a_pin_alone_begins_a_story(talk: Talk) -> None:
    citizen = talk.person()
    (asked,) = await citizen.location()
    assert "vị trí" in asked
    assert await step_of(talk, citizen) == "drafting.story"


def test_every_intent_but_the_unknown_has_a_conversation() -> None:
    assert router.names()
    assert set(meanings.TAKEN) == set(Intent) - {Intent.UNKNOWN}


@pytest.mark.parametrize(
    "text", ["bạn là ai", "ban la may hay nguoi", "đây là máy à", "who are you?", "may la ai"]
)
async def test_who_asks_what_we_are_is_told(talk: Talk, text: str) -> None:
    (letter,) = await talk.person().says(text)
    assert "Tôi là trợ lý tự động" in letter
    assert "[Gặp cán bộ]" in letter


async def test_a_language_is_chosen_by_its_name_alone(talk: Talk) -> None:
    citizen = talk.person()
    assert "We go on in English." in (await citizen.says("English"))[0]
    assert "tiếng Việt" in (await citizen.says("tieng viet"))[0]
