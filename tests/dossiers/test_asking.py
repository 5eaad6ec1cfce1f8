"""Who proves that a dossier is theirs is told where it is; nobody else learns anything."""

import asyncio
import io
from pathlib import Path

import pytest
import segno

from bot.darkroom import Broken, Darkroom
from bot.dossier_work import DossierWork
from bot.metrics import Metrics
from bot.service import Ground, Service
from handlers.dossier_telling import STAGES
from messages.languages import say
from storage.dossiers import Exported, Stage
from storage.dossiers_files import DONE
from storage.dossiers_tables import sent_files
from storage.media import Media
from storage.reader import Reader
from tests.conversations.citizen_scenes import person_of, step_of
from tests.dossiers.exports import CODE, DIGITS, imported, moment
from tests.storage.acts import rows
from tests.transcript import Somebody, Talk

MISSING = "H24.107-261116-9999"


def dossier(code: str = CODE, stage: Stage = Stage.PROCESSING, **more: object) -> Exported:
    told: dict[str, object] = {
        "applicant": "Người mẫu A",
        "digits": DIGITS,
        "procedure": "Đăng ký biến động đất đai",
        "holder": "Phòng Kinh tế",
        "received_at": moment("2026-11-16 08:00"),
        "due_at": moment("2026-11-25 17:00"),
    }
    return Exported(code, stage, **(told | more))  # type: ignore[arg-type] # its fields


async def counted(talk: Talk) -> dict[str, int]:
    today = talk.hands().date()
    tallies = await talk.read.tallies(today, today)
    return {kind: tally.count for kind, tally in tallies.items()}


async def test_code_and_digits_tell_stage_holder_due_date_and_what_to_do(
    talk: Talk, channel: str
) -> None:
    await imported(talk, dossier())
    citizen = talk.person("c", channel)
    (question,) = await citizen.says(f"hồ sơ {CODE} của tôi đến đâu rồi")
    assert "bốn số cuối" in question
    assert "biến động" not in question
    (answer,) = await citizen.says(DIGITS)
    for words in (
        CODE,
        "biến động đất đai",
        "đang được giải quyết",
        "Phòng Kinh tế",
        "17:00 thứ Tư 25/11/2026",
        "đến 09:00 thứ Hai 23/11/2026",
        "chưa cần làm gì",
    ):
        assert words in answer
    # The name of whoever handed it in is not needed, and not told.
    assert "Người mẫu" not in answer
    assert await step_of(talk, citizen) == ""
    assert await counted(talk) == {"status.asked": 1, "status.found": 1}


@pytest.mark.parametrize("stage", list(Stage))
async def test_every_stage_is_told_in_plain_words(talk: Talk, stage: Stage) -> None:
    await imported(talk, dossier(stage=stage, status="Đang luân chuyển"))
    (answer,) = await talk.person().says(f"/hoso {CODE} {DIGITS}")
    shown = STAGES.get(stage)
    assert (say(shown) if shown else "Đang luân chuyển") in answer
    assert "Việc cần làm tiếp" in answer


async def test_one_line_answers_at_once(talk: Talk) -> None:
    await imported(talk, dossier())
    for line in (f"/hoso {CODE} {DIGITS}", f"hoso {CODE.lower()} {DIGITS}"):
        (answer,) = await talk.person(line[:5]).says(line)
        assert "Đăng ký biến động" in answer


async def test_who_proved_it_once_is_not_asked_again(talk: Talk) -> None:
    await imported(talk, dossier())
    citizen = talk.person()
    await citizen.says(f"/hoso {CODE} {DIGITS}")
    (answer,) = await citizen.says(CODE)
    assert "Đăng ký biến động" in answer
    (other,) = await talk.person("other").says(CODE)
    assert "bốn số cuối" in other


async def test_a_whole_telephone_number_is_taken_by_its_end(talk: Talk) -> None:
    await imported(talk, dossier())
    citizen = talk.person()
    await citizen.says(CODE)
    (answer,) = await citizen.says("0900.000.123")
    assert "Đăng ký biến động" in answer


async def test_a_late_dossier_is_told_with_an_apology(talk: Talk) -> None:
    await imported(talk, dossier(due_at=moment("2026-11-20 17:00")))
    (answer,) = await talk.person().says(f"/hoso {CODE} {DIGITS}")
    assert "quá hạn, chúng tôi xin lỗi" in answer


async def everything_seen(talk: Talk, code: str, said: list[str], who: str) -> list[object]:
    """What a stranger can see of the answers about a code, the code itself and hours left out."""
    citizen = talk.person(who)
    seen: list[object] = []
    for words in said:
        await citizen.says(words.format(code=code))
        for letter in citizen.letters()[len(seen) :]:
            body = letter.body
            choices = tuple((c.key.replace(code, "X"), c.title, c.url) for c in body.choices)
            seen.append((body.text.replace(code, "X"), choices, body.attachments, body.ask))
        person = await person_of(talk, citizen)
        seen.append((person.step, sorted(person.data or {})))
        citizen.forgets()
    return seen


@pytest.mark.parametrize(
    "said",
    [
        ["{code}"],
        ["{code}", "9876"],
        ["{code}", "9876", "9876"],
        ["/hoso {code} 9876"],
        ["/theodoihoso {code}", "9876"],
        ["/bohoso {code}"],
        ["hồ sơ {code} quá hạn trả 3 tuần rồi mà chưa có", "abc", "12345", "0123456"],
        ["/gopy", "1", "{code}", "/hoso {code} 9876"],
    ],
)
async def test_no_answer_to_a_stranger_tells_whether_a_code_exists(
    talk: Talk, said: list[str]
) -> None:
    await imported(talk, dossier())
    there = await everything_seen(talk, CODE, said, "first")
    missing = await everything_seen(talk, MISSING, said, "second")
    assert there == missing


async def test_evidence_of_a_stranger_tells_nothing_either(talk: Talk) -> None:
    await imported(talk, dossier())
    for code in (CODE, MISSING):
        citizen = talk.person(code)
        await citizen.says(code)
        await citizen.says("9876")
    assert await counted(talk) == {"status.asked": 2}
    read = Reader(talk.store)
    assert await read.following.follower(CODE, 1) is None


async def _guess(talk: Talk, somebody: Somebody, code: str, digits: str) -> str:
    (answer,) = await somebody.says(f"/hoso {code} {digits}")
    return answer


async def test_guessing_is_slowed_and_then_stopped_for_a_person(talk: Talk) -> None:
    await imported(talk, *(dossier(f"A-{n}") for n in range(30)))
    thief = talk.person("thief")
    tried = 0
    for _hour in range(20):
        for _try in range(6):
            answer = await _guess(talk, thief, f"A-{tried}", "0000")
            if "quá nhiều" in answer:
                break
            tried += 1
        talk.hands.move(hours=1)
    # Slowed after three and five, stopped for the day after ten.
    assert 5 <= tried <= 12
    answer = await _guess(talk, thief, "A-29", DIGITS)
    assert "quá nhiều" in answer
    talk.hands.move(hours=25)
    assert "Đăng ký biến động" in await _guess(talk, thief, "A-29", DIGITS)


@pytest.mark.parametrize("code", [CODE, MISSING])
async def test_guessing_is_stopped_for_a_dossier_whoever_guesses(talk: Talk, code: str) -> None:
    await imported(talk, dossier())
    answers = []
    for number in range(15):
        talk.hands.move(minutes=20)
        answers.append(await _guess(talk, talk.person(f"thief {number}"), code, f"{number:04}"))
    assert sum("không tìm thấy" in answer for answer in answers) == 10
    assert "quá nhiều" in answers[-1]
    (asked,) = await talk.person("another").says(code)
    assert "quá nhiều" in asked


async def test_the_right_digits_are_not_taken_while_guessing_is_stopped(talk: Talk) -> None:
    await imported(talk, dossier())
    for number in range(3):
        await _guess(talk, talk.person(f"thief {number}"), CODE, "0000")
    right = talk.person("right")
    assert "quá nhiều" in await _guess(talk, right, CODE, DIGITS)
    talk.hands.move(minutes=2)
    assert "Đăng ký biến động" in await _guess(talk, right, CODE, DIGITS)


async def test_who_proved_it_is_not_kept_out_by_others_guesses(talk: Talk) -> None:
    await imported(talk, dossier())
    owner = talk.person("owner")
    await owner.says(f"/hoso {CODE} {DIGITS}")
    for number in range(5):
        await _guess(talk, talk.person(f"thief {number}"), CODE, "0000")
    (answer,) = await owner.says(CODE)
    assert "Đăng ký biến động" in answer


async def test_in_a_group_nothing_is_told(talk: Talk) -> None:
    await imported(talk, dossier())
    citizen = talk.person(channel="telegram")
    await citizen.says(f"/hoso {CODE} {DIGITS}")
    await citizen.sends(f"/hoso {CODE}", group="-100")
    letter = talk.channels["telegram"].letters[-1]
    assert "riêng" in letter.body.text
    assert "biến động" not in letter.body.text


async def test_in_the_midst_of_a_draft_one_line_answers_and_keeps_the_draft(talk: Talk) -> None:
    await imported(talk, dossier())
    citizen = talk.person()
    await citizen.says("/gopy")
    await citizen.says("1")
    (usage,) = await citizen.says(CODE)
    assert f"/hoso {CODE} 1234" in usage
    (answer,) = await citizen.says(f"/hoso {CODE} {DIGITS}")
    assert "Đăng ký biến động" in answer
    assert await step_of(talk, citizen) == "drafting.story"


async def test_another_matter_leads_away_from_the_question_for_the_digits(talk: Talk) -> None:
    await imported(talk, dossier())
    citizen = talk.person()
    await citizen.says(CODE)
    (guide,) = await citizen.says("Tôi muốn làm giấy khai sinh cho con thì cần giấy tờ gì?")
    assert "khai sinh" in guide
    assert await step_of(talk, citizen) == ""


def photographed(text: str) -> bytes:
    """A receipt's QR, as a photo."""
    kept = io.BytesIO()
    segno.make(text, error="m").save(kept, kind="png", scale=6, border=6)
    return kept.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"https://dichvucong.gov.vn/tra-cuu?maHoSo={CODE}&x=1",
        f"Mã hồ sơ: {CODE}; Ngày hẹn: 25/11/2026",
    ],
)
async def test_the_qr_of_a_photographed_receipt_is_read(
    talk: Talk, work: DossierWork, channel: str, text: str
) -> None:
    await imported(talk, dossier())
    talk.channels[channel].files["photo-1"] = photographed(text)
    citizen = talk.person("c", channel)
    await citizen.says("/hoso")
    (wait,) = await citizen.photo()
    assert "đang đọc" in wait
    await work.look()
    await talk.settle()
    (question,) = citizen.new()
    assert CODE in question
    assert "bốn số cuối" in question
    (answer,) = await citizen.says(DIGITS)
    assert "Đăng ký biến động" in answer


async def test_a_receipt_is_read_again_where_the_process_that_reads_it_dies(
    talk: Talk, tmp_path: Path
) -> None:
    class Dying(Darkroom):
        async def codes_in(self, content: bytes) -> list[str]:
            if not self.died:
                self.died = True
                raise Broken("IncompleteReadError")
            return await super().codes_in(content)

        died = False

    await imported(talk, dossier())
    talk.channels["web"].files["photo-1"] = photographed(CODE)
    citizen = talk.person()
    await citizen.photo("/hoso")
    darkroom = Dying()
    work = DossierWork(
        talk.store,
        talk.inbox,
        media=Media(talk.store, tmp_path / "media", talk.hands),
        channels=talk.channels,
        office=talk.office,
        clock=talk.hands,
        folder=tmp_path / "exports",
        darkroom=darkroom,
    )
    await work.look()
    await talk.settle()
    citizen.new()
    talk.hands.move(minutes=1)
    await work.look()
    await darkroom.close()
    await talk.settle()
    assert "bốn số cuối" in citizen.new()[-1]


async def test_one_process_at_a_time_opens_the_pictures_of_a_service(
    talk: Talk, tmp_path: Path
) -> None:
    # Two large ones at once would be more than the memory that the service has.
    ground = Ground(
        store=talk.store,
        inbox=talk.inbox,
        outbox=talk.outbox,
        media=Media(talk.store, tmp_path / "media", talk.hands),
        office=talk.office,
        clock=talk.hands,
        metrics=Metrics(),
    )
    talk.channels["web"].files["photo-1"] = photographed(CODE)
    await talk.person().photo("/hoso")
    service, stopping = Service(ground, [talk.channels["web"]], ["clock"]), asyncio.Event()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        service.start(tasks, stopping)
        while [row.state for row in await rows(talk.store, sent_files)] != [DONE]:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)
        stopping.set()
    # It is open for the desk in the browser still, until the service closes.
    assert service.darkroom._process is not None
    await service.darkroom.close()


async def test_a_photo_with_the_command_is_read_too(talk: Talk, work: DossierWork) -> None:
    await imported(talk, dossier())
    talk.channels["web"].files["photo-1"] = photographed(CODE)
    citizen = talk.person()
    await citizen.photo("/hoso")
    await work.look()
    await talk.settle()
    assert "bốn số cuối" in citizen.new()[-1]


@pytest.mark.parametrize("content", [b"no picture", photographed("xin chào các bạn")])
async def test_a_photo_without_a_code_asks_for_it_to_be_typed(
    talk: Talk, work: DossierWork, content: bytes
) -> None:
    await imported(talk, dossier())
    talk.channels["web"].files["photo-1"] = content
    citizen = talk.person()
    await citizen.says("/hoso")
    await citizen.photo()
    await work.look()
    await talk.settle()
    assert "gõ mã hồ sơ" in citizen.new()[-1]
    assert await step_of(talk, citizen) == "dossier.ask"
