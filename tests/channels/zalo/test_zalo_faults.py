"""The fault matrix: whatever happens on the way, a letter is sent once, held, or visibly failed."""

import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from handlers.office import Office
from messages.envelope import Attachment, AttachmentKind, Choice, Outgoing
from storage import tables
from storage.database import Store
from storage.outbox import BODY, FAILED, HELD, SENT, UNKNOWN, WAITING
from tests.channels.zalo.test_zalo_files import kept
from tests.channels.zalo.test_zalo_window import PHONE, TEMPLATE, with_template
from tests.channels.zalo.wired import Wired, wired
from tests.conftest import Hands
from tests.emulators import faults
from tests.emulators.faults import Fault
from tests.emulators.wire import Call
from tests.emulators.zalo import ZaloEmulator

FAULTS: tuple[Fault, ...] = (
    faults.HTTP_500,
    faults.HTTP_500.and_accepted(),
    faults.HTTP_502,
    faults.HTTP_502.and_accepted(),
    faults.HTTP_401,
    faults.NOT_JSON,
    faults.NOT_JSON.and_accepted(),
    faults.HALF_JSON,
    faults.HALF_JSON.and_accepted(),
    faults.SILENT,
    faults.SILENT_ACCEPTED,
    faults.RESET_UNREAD,
    faults.RESET_READ,
    faults.RESET_ACCEPTED,
    faults.slow(0.05),
    faults.says(429, b""),
    faults.says(503, b""),
    faults.says(504, b""),
    faults.says(200, b"{}"),
    faults.says(200, b'{"error":-200,"message":"Send message failed"}'),
    faults.says(200, b'{"error":"-211","message":"Out of quota"}'),
    faults.says(200, b'{"error":-9999,"message":"?"}'),
    faults.says(200, b'{"error":null}'),
)

TEXT = "Xã đã vá xong ổ gà"
CHOICES = (Choice("/danhgia 5", "Rất hài lòng", number=5), Choice("/menu", "Trang chủ"))


@dataclass(frozen=True, slots=True)
class Sending:
    """A kind of send: what the letter is, and the calls that a fault may strike."""

    body: Callable[[Wired], Outgoing]
    calls: tuple[str, ...] = ("cs",)
    parts: int = 1


def picture(service: Wired) -> Attachment:
    made = io.BytesIO()
    Image.new("RGB", (20, 20), (1, 2, 3)).save(made, "JPEG")
    return kept(service, made.getvalue(), "", AttachmentKind.IMAGE)


def document(service: Wired) -> Attachment:
    return kept(service, b"%PDF-1.7 ...", "Mẫu đơn.pdf", AttachmentKind.FILE)


KINDS: dict[str, Sending] = {
    "text": Sending(lambda _: Outgoing(TEXT)),
    "choices": Sending(lambda _: Outgoing(TEXT, CHOICES)),
    "image": Sending(
        lambda service: Outgoing(TEXT, attachments=(picture(service),)), ("cs", "image")
    ),
    "file": Sending(
        lambda service: Outgoing(TEXT, attachments=(document(service),)), ("cs", "file"), parts=2
    ),
    "request_user_info": Sending(
        lambda _: Outgoing(f"Xin số điện thoại\n{TEXT}", CHOICES, ask="contact")
    ),
    "zbs": Sending(lambda _: Outgoing(TEXT), ("template",)),
}


def told(fault: Fault) -> str:
    return " ".join(filter(None, (fault.name, fault.body.decode()[:24])))


MATRIX = [
    (name, call, fault) for name, kind in KINDS.items() for call in kind.calls for fault in FAULTS
]


@pytest.fixture
async def service(
    store: Store, office: Office, hands: Hands, zalo: ZaloEmulator, tmp_path: Path
) -> AsyncIterator[Wired]:
    zalo.switches.buttons_supported = True
    zalo.templates.add(TEMPLATE, "ma_phieu", "don_vi")
    zalo.templates.phone(PHONE)
    own = with_template(office)
    async with wired(store, own, hands, zalo, tmp_path, zalo_buttons="text") as whole:
        # A silence is waited out; fifteen seconds of it would prove no more.
        whole.channel._client._total = 0.4
        yield whole


async def written(service: Wired, body: Outgoing, *, bulk: bool = False) -> None:
    """Put a letter to the citizen into the outbox."""
    now = service.hands()
    row = {
        "channel": "zalo",
        "address": service.zalo.citizen().id,
        "priority": int(bulk),
        "body": service.store.box.seal(
            "outbox.body", BODY.dump_json(body, exclude_defaults=True).decode()
        ),
        "created_at": now,
        "due_at": now,
        "ticket": "PA2611-7K3M",
    }
    await service.store.write(lambda connection: connection.execute(tables.outbox.insert(), [row]))


async def to_the_end(service: Wired, **step: float) -> tuple[int, str]:
    """Let time pass until the letter's fate is sealed; give it."""
    for _ in range(40):
        await service.settle()
        state, reason = (await service.fates())[-1]
        if state != WAITING:
            return state, reason
        service.hands.move(**(step or {"minutes": 6}))
        service.zalo.clock.advance(**(step or {"minutes": 6}))
    raise AssertionError("it waits for ever")


async def ready(service: Wired, name: str) -> None:
    """Make the citizen known; for a notice, out of reach but for their telephone."""
    citizen = service.zalo.citizen()
    await citizen.says(f"/sodienthoai {PHONE}")
    await service.settle()
    citizen.letters.clear()
    if name == "zbs":
        await service.move(days=8)


def arrivals(service: Wired) -> list[int]:
    """How often each part of the letter came to the citizen."""
    letters = service.zalo.citizen().letters
    texts = sum(TEXT in str(one.message) for one in letters)
    files = sum(one.kind == "file" or "/media/" in one.text for one in letters)
    return [texts, files]


@pytest.mark.parametrize(
    ("name", "call", "fault"), MATRIX, ids=[f"{n} {c} {told(f)}" for n, c, f in MATRIX]
)
async def test_a_letter_is_sent_once_or_held_or_visibly_failed(
    service: Wired, name: str, call: str, fault: Fault
) -> None:
    await ready(service, name)
    service.zalo.fails(fault, when=lambda one: one.method == call)
    await written(service, KINDS[name].body(service))
    state, reason = await to_the_end(service)
    most = 2 if fault.accepted else 1
    came = arrivals(service)
    notices = len(service.zalo.templates.sent)
    if name == "zbs":
        assert state == HELD
        assert reason
        assert came == [0, 0]
        assert notices <= most
        return
    assert notices == 0
    assert max(came) <= most
    if state == SENT:
        assert came[0] >= 1
        assert KINDS[name].parts == 1 or came[1] >= 1
    else:
        assert state in {FAILED, UNKNOWN}
        assert reason
        assert state == UNKNOWN or came[0] == 0


@pytest.mark.parametrize("fault", FAULTS, ids=map(told, FAULTS))
async def test_bulk_is_never_sent_twice(service: Wired, fault: Fault) -> None:
    await ready(service, "text")
    service.zalo.fails(fault, when=lambda one: one.method == "cs")
    await written(service, Outgoing(TEXT), bulk=True)
    state, reason = await to_the_end(service)
    assert arrivals(service)[0] <= 1
    assert state == SENT or reason


LASTING = (faults.HTTP_502, faults.RESET_UNREAD, faults.RESET_READ, faults.says(429, b""))


@pytest.mark.parametrize("name", [name for name in KINDS if name != "zbs"])
@pytest.mark.parametrize("fault", LASTING, ids=map(told, LASTING))
async def test_what_lasts_for_a_day_ends_with_a_visible_reason(
    service: Wired, name: str, fault: Fault
) -> None:
    await ready(service, name)
    service.zalo.fails(fault, times=10_000, when=lambda one: one.path.startswith("/v"))
    await written(service, KINDS[name].body(service))
    if fault.status == 429:
        # A platform that asks us to wait is waited for, as long as the letter can be sent at all.
        for _ in range(30):
            await service.settle()
            service.hands.move(hours=6)
            service.zalo.clock.advance(hours=6)
        service.zalo.works_again()
        state, reason = await to_the_end(service)
        assert state == HELD
        assert reason
        return
    state, reason = await to_the_end(service, hours=1)
    assert state in {FAILED, UNKNOWN}
    assert reason
    assert arrivals(service) == [0, 0]


def is_sending(call: Call) -> bool:
    return call.method == "cs"


async def test_letters_to_one_person_keep_their_order_through_faults(service: Wired) -> None:
    await ready(service, "text")
    for fault in (faults.HTTP_502, faults.HTTP_401, faults.says(429, b""), faults.NOT_JSON):
        service.zalo.fails(fault, when=is_sending)
    for number in range(5):
        await written(service, Outgoing(f"{TEXT}, tin số {number}"))
    await to_the_end(service)
    texts = [one.text[-1] for one in service.zalo.citizen().letters]
    assert texts == ["0", "1", "2", "3", "4"]


async def test_the_official_words_are_kept_beside_the_letter(service: Wired) -> None:
    await ready(service, "text")
    service.zalo.refuses(-248, when=is_sending)
    await written(service, Outgoing(TEXT))
    assert await to_the_end(service) == (
        FAILED,
        "Zalo -248: The message violates the platform's policy",
    )
