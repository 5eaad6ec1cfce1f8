"""The rotating token: renewed by one, kept before it is used, told to nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.channel import Letter, Misconfigured, SendError, Throttled, Unreachable
from bot.channels.zalo.channel import ZaloChannel
from bot.channels.zalo.client import Client
from bot.channels.zalo.tokens import NAME, Tokens
from messages.envelope import Address, Outgoing
from storage import channel_tables
from storage.connection import Job, T
from storage.credentials import LEASE, Credential, Credentials
from storage.database import Store, StoreUnavailable
from storage.sealing import Box
from tests.channels.zalo.conftest import Channels, Door, Logs
from tests.channels.zalo.settings import settings_for
from tests.conftest import Hands
from tests.emulators import faults
from tests.emulators.faults import Fault, says
from tests.emulators.wire import Call
from tests.emulators.zalo import Citizen, ZaloEmulator

Make = Callable[..., Tokens]


def is_oauth(call: Call) -> bool:
    return call.path == "/v4/oa/access_token"


@pytest.fixture
async def tokens_of(zalo: ZaloEmulator, store: Store, hands: Hands) -> AsyncIterator[Make]:
    """Makes the tokens of as many processes as a test wants, all on one store."""
    clients: list[Client] = []
    first = zalo.grants.refresh_token

    def make(on: Store = store, zalo_refresh_token: str = first) -> Tokens:
        settings = settings_for(zalo, zalo_refresh_token=zalo_refresh_token)
        clients.append(Client())
        return Tokens(settings, Credentials(on, hands), clients[-1], hands)

    yield make
    for client in clients:
        await client.close()


def letter_to(citizen: Citizen) -> Letter:
    return Letter(1, Address("zalo", citizen.id), Outgoing("a"))


async def test_the_first_token_comes_of_the_setting(zalo: ZaloEmulator, tokens_of: Make) -> None:
    assert await tokens_of().access() == zalo.grants.access_token
    (call,) = zalo.calls
    assert call.headers["secret_key"] == zalo.app.app_secret
    assert call.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert set(call.body) == {"refresh_token", "app_id", "grant_type"}


async def test_a_token_at_hand_is_used_again(zalo: ZaloEmulator, tokens_of: Make) -> None:
    tokens = tokens_of()
    assert await tokens.access() == await tokens.access()
    assert zalo.grants.refreshes == 1


async def test_many_at_once_make_one_request(zalo: ZaloEmulator, tokens_of: Make) -> None:
    tokens = tokens_of()
    found = await asyncio.gather(*(tokens.access() for _ in range(50)))
    assert set(found) == {zalo.grants.access_token}
    assert zalo.grants.refreshes == 1


async def test_several_processes_make_one_request(zalo: ZaloEmulator, tokens_of: Make) -> None:
    processes = [tokens_of() for _ in range(5)]
    zalo.fails(faults.slow(0.2), when=is_oauth)
    found = await asyncio.gather(*(tokens.access() for tokens in processes))
    assert set(found) == {zalo.grants.access_token}
    assert len(zalo.made("access_token")) == 1


async def test_a_process_takes_the_token_that_another_renewed(
    zalo: ZaloEmulator, tokens_of: Make
) -> None:
    first, second = tokens_of(), tokens_of()
    old = await first.access()
    assert await second.access() == old
    new = await first.renew(old)
    assert new != old
    # The old one is dead now; the second process hears of it by a refusal.
    assert await second.renew(old) == new
    assert zalo.grants.refreshes == 2


async def test_letters_sent_at_once_survive_a_renewal_by_another_process(
    zalo: ZaloEmulator, channels: Channels, citizen: Citizen
) -> None:
    one, other = channels(), channels()
    await one.send(letter_to(citizen))
    await other.send(letter_to(citizen))
    zalo.grants.expire_access()
    await asyncio.gather(*(which.send(letter_to(citizen)) for which in (one, other) * 10))
    assert len(citizen.letters) == 22
    assert zalo.grants.refreshes == 2


async def test_it_is_renewed_at_half_its_life_and_not_before(
    zalo: ZaloEmulator, tokens_of: Make, hands: Hands
) -> None:
    tokens = tokens_of()
    due = await tokens.keep_fresh()
    assert due - hands.now <= timedelta(hours=12, minutes=30)
    hands.move(hours=12, minutes=29)
    await tokens.keep_fresh()
    assert zalo.grants.refreshes == 1
    hands.move(minutes=2)
    assert await tokens.keep_fresh() > hands.now + timedelta(hours=12)
    assert zalo.grants.refreshes == 2


async def test_a_letter_does_not_wait_for_an_early_renewal(
    zalo: ZaloEmulator, tokens_of: Make, hands: Hands
) -> None:
    tokens = tokens_of()
    old = await tokens.access()
    hands.move(hours=13)
    assert await tokens.access() == old
    await tokens.close()
    assert await tokens.access() == zalo.grants.access_token != old


async def test_a_failed_early_renewal_is_not_tried_with_each_letter(
    zalo: ZaloEmulator, tokens_of: Make, hands: Hands, logs: Logs
) -> None:
    tokens = tokens_of()
    old = await tokens.access()
    zalo.fails(faults.HTTP_500, times=99, when=is_oauth)
    hands.move(hours=13)
    for _ in range(5):
        assert await tokens.access() == old
        await tokens.close()
    assert len(zalo.made("access_token")) == 2
    hands.move(minutes=2)
    zalo.works_again()
    await tokens.access()
    await tokens.close()
    assert await tokens.access() == zalo.grants.access_token


async def test_a_restart_uses_the_kept_pair(zalo: ZaloEmulator, tokens_of: Make) -> None:
    first = await tokens_of().access()
    # The setting still holds the first refresh token, which is used up by now.
    assert await tokens_of().access() == first
    assert await tokens_of(zalo_refresh_token="").access() == first
    assert zalo.grants.refreshes == 1


async def test_a_token_of_a_new_consent_replaces_the_pair_once(
    zalo: ZaloEmulator, tokens_of: Make, store: Store, hands: Hands
) -> None:
    await tokens_of().access()
    zalo.grants._issue()
    consent = zalo.grants.refresh_token
    assert await tokens_of(zalo_refresh_token=consent).access() == zalo.grants.access_token
    # Going back to the older setting later changes nothing.
    assert await tokens_of().access() == zalo.grants.access_token
    assert zalo.grants.refreshes == 2


async def test_without_any_token_the_administrator_is_told(tokens_of: Make) -> None:
    with pytest.raises(Misconfigured, match="BOT_ZALO_REFRESH_TOKEN"):
        await tokens_of(zalo_refresh_token="").access()


async def test_a_refused_refresh_token_needs_a_new_consent_and_is_not_hammered(
    zalo: ZaloEmulator, tokens_of: Make, hands: Hands
) -> None:
    tokens = tokens_of(zalo_refresh_token="REFRESH-made-up")
    for _ in range(3):
        with pytest.raises(Misconfigured, match="-14014"):
            await tokens.access()
    assert len(zalo.calls) == 1
    hands.move(minutes=6)
    with pytest.raises(Misconfigured):
        await tokens.access()
    assert len(zalo.calls) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.HTTP_500, Unreachable),
        (faults.NOT_JSON, Unreachable),
        (faults.RESET_READ, Unreachable),
        (faults.HALF_JSON, Unreachable),
        (says(200, b'{"error":-32,"message":"limit"}'), Throttled),
        (says(200, b'{"error":-14002,"error_name":"Invalid appId"}'), Misconfigured),
        (says(200, b'{"error":0}'), Misconfigured),
        (says(200, b'{"access_token":"a"}'), Misconfigured),
        (says(200, b'{"access_token":null,"refresh_token":7}'), Misconfigured),
        (says(401, b""), Misconfigured),
        (says(400, b"?"), Misconfigured),
        (says(404, b"?"), Misconfigured),
    ],
    ids=lambda value: getattr(value, "name", "") + getattr(value, "__name__", ""),
)
async def test_each_failure_of_a_renewal_means_what_can_be_done(
    zalo: ZaloEmulator, tokens_of: Make, fault: Fault, error: type[SendError]
) -> None:
    zalo.fails(fault, when=is_oauth)
    with pytest.raises(error):
        await tokens_of().access()


async def test_what_fails_for_now_works_when_zalo_is_back(
    zalo: ZaloEmulator, tokens_of: Make
) -> None:
    tokens = tokens_of()
    zalo.fails(faults.HTTP_500, times=2, when=is_oauth)
    for _ in range(2):
        with pytest.raises(Unreachable):
            await tokens.access()
    assert await tokens.access() == zalo.grants.access_token


class FailingStore(Store):
    """A store whose database can be taken away between two writes."""

    fails_at = 0
    writes = 0

    async def write(self, job: Job[T], *, urgent: bool = False) -> T:
        self.writes += 1
        if self.writes == self.fails_at:
            raise StoreUnavailable("disk full")
        return await super().write(job, urgent=urgent)


async def test_a_pair_that_could_not_be_kept_is_kept_before_it_is_used(
    zalo: ZaloEmulator, tokens_of: Make, store: Store
) -> None:
    failing = FailingStore(store.url, store.box)
    await failing.open()
    tokens = tokens_of(failing)
    # The seed and the lease are written, the pair itself is not.
    failing.fails_at = 3
    with pytest.raises(Unreachable):
        await tokens.access()
    assert zalo.grants.refreshes == 1
    assert await tokens.access() == zalo.grants.access_token
    assert await tokens_of().access() == zalo.grants.access_token
    assert zalo.grants.refreshes == 1
    await failing.close()


async def test_whoever_stops_waiting_does_not_lose_the_pair(
    zalo: ZaloEmulator, tokens_of: Make
) -> None:
    tokens = tokens_of()
    zalo.fails(faults.slow(0.2), when=is_oauth)
    waiting = asyncio.create_task(tokens.access())
    await zalo.wait_for(is_oauth)
    waiting.cancel()
    await asyncio.wait([waiting])
    await tokens.close()
    assert await tokens_of().access() == zalo.grants.access_token
    assert zalo.grants.refreshes == 1


async def test_the_lease_outlives_a_request_and_ends_with_a_crash(
    zalo: ZaloEmulator, tokens_of: Make, store: Store, hands: Hands
) -> None:
    kept = Credentials(store, hands)
    await kept.seed(NAME, zalo.grants.refresh_token)
    leased = await kept.lease(NAME)
    assert leased is not None
    assert timedelta(seconds=15) < LEASE
    hands.move(seconds=15)
    assert await kept.lease(NAME) is None
    hands.move(seconds=60)
    assert await tokens_of().access() == zalo.grants.access_token


async def test_a_late_answer_does_not_overwrite_a_new_consent(store: Store, hands: Hands) -> None:
    kept = Credentials(store, hands)
    await kept.seed(NAME, "r1")
    leased = await kept.lease(NAME)
    assert leased is not None
    await kept.seed(NAME, "r2")
    late = Credential("a1", "r1b", hands.now + timedelta(hours=25), hands.now)
    assert not await kept.replace(NAME, "r1", late)
    assert (await kept.read(NAME)) == Credential("", "r2")


async def test_tokens_are_sealed_in_the_database(
    zalo: ZaloEmulator, tokens_of: Make, store: Store
) -> None:
    setting = zalo.grants.refresh_token
    await tokens_of().access()
    async with store.reading() as connection:
        rows = (await connection.execute(select(channel_tables.credentials))).all()
    held = str(rows)
    assert len(rows) == 2
    for secret in (setting, zalo.grants.refresh_token, zalo.grants.access_token):
        assert secret not in held
        assert secret.encode() not in b"".join(
            bytes(value) for row in rows for value in row if isinstance(value, bytes)
        )


async def test_a_pair_sealed_with_another_key_is_told_and_replaced_by_a_new_consent(
    zalo: ZaloEmulator, tokens_of: Make, store: Store
) -> None:
    await tokens_of().access()
    other = Store(store.url, Box("another secret"))
    await other.open()
    with pytest.raises(Misconfigured, match="another secret key"):
        await tokens_of(other, zalo_refresh_token="").access()
    zalo.grants._issue()
    consent = zalo.grants.refresh_token
    assert await tokens_of(other, zalo_refresh_token=consent).access() == zalo.grants.access_token
    await other.close()


async def test_no_token_is_in_any_log_or_error(
    zalo: ZaloEmulator,
    channels: Channels,
    citizen: Citizen,
    logs: Logs,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    secrets = {zalo.grants.refresh_token}
    errors: list[SendError] = []
    plans: list[Fault | None] = [None, faults.HTTP_401, faults.RESET_READ, faults.NOT_JSON]
    channel = channels()
    for fault in plans:
        if fault is not None:
            zalo.fails(fault, times=3)
        try:
            await channel.send(letter_to(citizen))
        except SendError as error:
            errors.append(error)
        zalo.works_again()
        secrets |= {zalo.grants.refresh_token, zalo.grants.access_token}
    zalo.grants.revoke()
    with pytest.raises(Misconfigured) as refused:
        await channel.send(letter_to(citizen))
    errors.append(refused.value)
    told = [str(logs), caplog.text, *capsys.readouterr()]
    for failure in errors:
        chain: BaseException | None = failure
        while chain is not None:
            told.append(f"{chain!r} {chain}")
            chain = chain.__cause__
    secrets |= {zalo.app.app_secret, zalo.app.oa_secret_key}
    assert len(errors) == 4
    for secret in secrets - {""}:
        assert not any(secret in one for one in told)


def test_a_pair_does_not_show_its_tokens_when_printed() -> None:
    assert "secret" not in repr(Credential("secret-a", "secret-r"))


async def test_listening_renews_what_is_due_and_knows_its_account(
    zalo: ZaloEmulator, channel: ZaloChannel, door: Door, logs: Logs
) -> None:
    listening = asyncio.create_task(channel.listen(door))
    await zalo.wait_for(lambda call: call.method == "getoa")
    await zalo.until(lambda: any(one["event"] == "zalo account" for one in logs) or _poke(zalo))
    assert channel.trouble == ""
    assert zalo.grants.refreshes == 1
    listening.cancel()
    await asyncio.wait([listening])


async def test_a_lasting_trouble_is_told_once_and_looked_at_ever_more_rarely(
    channels: Channels, logs: Logs
) -> None:
    channel = channels(zalo_refresh_token="")
    waits = [await channel._attend() for _ in range(9)]
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert "BOT_ZALO_REFRESH_TOKEN" in channel.trouble
    assert [one["event"] for one in logs].count("zalo is not ready") == 1


async def test_what_was_troubled_is_well_again(
    zalo: ZaloEmulator, channel: ZaloChannel, hands: Hands
) -> None:
    zalo.fails(faults.HTTP_500, times=2)
    assert [await channel._attend() for _ in range(2)] == [5, 10]
    assert channel.trouble
    assert await channel._attend() == 3600
    assert channel.trouble == ""
    hands.move(hours=12)
    assert 1 <= await channel._attend() <= 1800


async def test_a_token_of_another_account_is_told(
    zalo: ZaloEmulator, channels: Channels, door: Door
) -> None:
    channel = channels(zalo_oa_id="1")
    listening = asyncio.create_task(channel.listen(door))
    await zalo.wait_for(lambda call: call.method == "getoa")
    await zalo.until(lambda: bool(channel.trouble) or _poke(zalo))
    assert "the token is of account" in channel.trouble
    listening.cancel()
    await asyncio.wait([listening])


def _poke(zalo: ZaloEmulator) -> bool:
    asyncio.get_running_loop().call_later(0.01, zalo.changed)
    return False
