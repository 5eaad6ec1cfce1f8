"""What each of Zalo's answers, and the lack of one, means for a letter."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.channels.channel import (
    Misconfigured,
    PersonGone,
    Refused,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.client import Client
from bot.channels.zalo.errors import (
    MEANINGS,
    RENEW,
    WAITS,
    ZBS_MEANINGS,
    ZBS_WAITS,
    TokenRefused,
    error_for,
)
from bot.channels.zalo.tokens import Tokens
from storage.credentials import Credentials
from storage.database import Store
from tests.channels.zalo.documented import OA_ERRORS, ZBS_ERRORS
from tests.channels.zalo.sending import is_sending, letter
from tests.channels.zalo.settings import settings_for
from tests.conftest import Hands
from tests.emulators import faults
from tests.emulators.faults import Fault, says
from tests.emulators.zalo import Citizen, Switches, ZaloEmulator
from tests.emulators.zalo.refusals import OA_REFUSALS

ANSWERS: dict[int, type[SendError]] = {
    -32: Throttled,
    -100: Refused,
    -200: Refused,
    -201: Refused,
    -204: Misconfigured,
    -205: Misconfigured,
    -209: Misconfigured,
    -210: Refused,
    -211: Throttled,
    -212: Misconfigured,
    -213: PersonGone,
    -214: Throttled,
    -216: Misconfigured,
    -217: Refused,
    -218: Refused,
    -219: Misconfigured,
    -220: Misconfigured,
    -221: Misconfigured,
    -223: Misconfigured,
    -224: Misconfigured,
    -227: PersonGone,
    -230: WindowClosed,
    -232: WindowClosed,
    -233: Refused,
    -234: Throttled,
    -235: Misconfigured,
    -237: Refused,
    -238: Refused,
    -240: Misconfigured,
    -241: Refused,
    -242: Misconfigured,
    -244: Refused,
    -248: Refused,
    -249: Refused,
    -320: Misconfigured,
    -321: Misconfigured,
    -403: Refused,
    -1340: Refused,
    -1341: Refused,
    -99999: Refused,
}


def test_every_number_that_zalo_documents_has_its_row() -> None:
    assert set(ANSWERS) >= {*OA_REFUSALS, *OA_ERRORS}
    assert {*MEANINGS, *WAITS, *RENEW} >= OA_ERRORS
    assert {*ZBS_MEANINGS, *ZBS_WAITS, *RENEW} >= ZBS_ERRORS


@pytest.mark.parametrize("code", ANSWERS)
async def test_each_refusal_means_what_its_row_says(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen, code: int
) -> None:
    zalo.refuses(code, times=99, when=is_sending)
    with pytest.raises(SendError) as failed:
        await channel.send(letter(citizen, "Kết quả đã có."))
    assert type(failed.value) is ANSWERS[code]
    assert str(code) in failed.value.reason
    assert failed.value.sent == ()
    assert citizen.letters == []


def test_the_codes_with_which_a_token_is_refused_ask_for_a_new_one() -> None:
    for code in RENEW:
        assert isinstance(error_for(code, "Access token has expired"), TokenRefused)
    assert isinstance(error_for(-5000, "invalid access TOKEN"), TokenRefused)
    assert not RENEW & set(MEANINGS)


@pytest.mark.parametrize("words", [None, 17, ["a"], "một\nhai " * 500, "\ud800"])
def test_the_reason_is_one_short_line_whatever_zalo_says(words: object) -> None:
    error = error_for(-230, words)
    assert isinstance(error, WindowClosed)
    assert "\n" not in error.reason
    assert len(error.reason) <= 200
    error.reason.encode()


@pytest.mark.parametrize("code", [-216, -220])
async def test_a_refused_token_is_renewed_once_and_the_letter_goes_out_once(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen, code: int
) -> None:
    await channel.send(letter(citizen, "a"))
    zalo.refuses(code, when=is_sending)
    await channel.send(letter(citizen, "b"))
    assert [one.text for one in citizen.letters] == ["a", "b"]
    assert zalo.grants.refreshes == 2


async def test_http_401_means_the_token(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    zalo.fails(faults.HTTP_401, when=is_sending)
    await channel.send(letter(citizen, "a"))
    assert [one.text for one in citizen.letters] == ["a"]
    assert zalo.grants.refreshes == 2


async def test_a_failure_without_a_reason_is_tried_once_more(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    zalo.refuses(-200, when=is_sending)
    await channel.send(letter(citizen, "a"))
    assert len(zalo.made("cs")) == 2
    assert [one.text for one in citizen.letters] == ["a"]


FAULTS: Sequence[tuple[Fault, type[SendError], type[SendError]]] = [
    # An answer of 5xx or a page proves hardly anything: a conversation's letter is tried again,
    # one of many alike is not.
    (faults.HTTP_500, Unreachable, Unknown),
    (faults.HTTP_502, Unreachable, Unknown),
    (faults.NOT_JSON, Unreachable, Unknown),
    (says(503, b""), Unreachable, Unreachable),
    (says(504, b""), Unknown, Unknown),
    (says(429, b""), Throttled, Throttled),
    (says(403, b"<html>"), Misconfigured, Misconfigured),
    (says(302, b""), Misconfigured, Misconfigured),
    (says(400, b"?"), Refused, Refused),
    (says(200, b"{}"), Unknown, Unknown),
    (says(200, b'{"error":"x"}'), Refused, Refused),
    (says(200, b"[" * 50_000), Unreachable, Unknown),
    (faults.HALF_JSON, Unknown, Unknown),
    (faults.RESET_UNREAD, Unknown, Unknown),
    (faults.RESET_READ, Unknown, Unknown),
    (faults.RESET_ACCEPTED, Unknown, Unknown),
]


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(
    ("fault", "talk", "notice"), FAULTS, ids=[f[0].name + str(n) for n, f in enumerate(FAULTS)]
)
async def test_each_fault_on_the_way_means_what_it_proves(
    zalo: ZaloEmulator,
    channel: ZaloChannel,
    citizen: Citizen,
    fault: Fault,
    talk: type[SendError],
    notice: type[SendError],
    *,
    bulk: bool,
) -> None:
    zalo.fails(fault, when=is_sending)
    with pytest.raises(notice if bulk else talk) as failed:
        await channel.send(letter(citizen, "a", bulk=bulk))
    assert isinstance(failed.value, SendError)
    assert zalo.grants.access_token not in f"{failed.value!r} {failed.value.reason}"


@pytest.mark.parametrize("fault", [faults.SILENT, faults.SILENT_ACCEPTED, faults.slow(5)])
async def test_no_answer_in_time_means_that_it_may_have_arrived(
    zalo: ZaloEmulator, citizen: Citizen, store: Store, hands: Hands, fault: Fault
) -> None:
    settings, client = settings_for(zalo), Client(total=0.3)
    tokens = Tokens(settings, Credentials(store, hands), client, hands)
    channel = ZaloChannel(settings, tokens, hands, client)
    await tokens.access()
    zalo.fails(fault, when=is_sending)
    with pytest.raises(Unknown):
        await channel.send(letter(citizen, "a"))
    await channel.close()


async def test_no_connection_means_that_nothing_was_sent(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    await channel.send(letter(citizen, "a"))
    await zalo.close()
    with pytest.raises((Unreachable, Unknown)):
        # The kept connection may be found dead only when the request is on it.
        await channel.send(letter(citizen, "b"))
    with pytest.raises(Unreachable):
        await channel.send(letter(citizen, "b"))


async def test_the_window_is_known_before_zalo_is_asked(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen, hands: Hands
) -> None:
    wrote = hands.now - timedelta(days=7, seconds=1)
    with pytest.raises(WindowClosed):
        await channel.send(letter(citizen, "a", written_at=wrote))
    assert zalo.calls == []
    await channel.send(letter(citizen, "a", written_at=hands.now - timedelta(days=6, hours=23)))
    assert len(citizen.letters) == 1


async def test_zalo_has_the_last_word_on_the_window(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    zalo.clock.advance(days=8)
    with pytest.raises(WindowClosed):
        await channel.send(letter(citizen, "a"))
    stranger = zalo.citizen("999")
    with pytest.raises(WindowClosed):
        await channel.send(letter(stranger, "a"))


async def test_the_limit_of_the_app_is_met_and_told(
    zalo: ZaloEmulator, channel: ZaloChannel, citizen: Citizen
) -> None:
    zalo.switches = Switches(requests_per_minute=3)
    for word in "abc":
        await channel.send(letter(citizen, word))
    with pytest.raises(Throttled) as failed:
        await channel.send(letter(citizen, "d"))
    assert failed.value.after > 0
    assert [one.text for one in citizen.letters] == ["a", "b", "c"]
