from storage.database import Store
from storage.people import UseInvite, invite, revoke
from storage.reader import Reader
from tests.conftest import Hands
from tests.storage.acts import does


async def _official(store: Store, hands: Hands, who: str, role: str, channel: str) -> None:
    code = f"{who}-{role}".ljust(64, "0")
    await store.write(
        lambda connection: invite(
            connection, code_hash=code, role=role, unit="", name=who, now=hands()
        )
    )
    await does(store, hands, UseInvite(code), who=who, channel=channel, language="en")


async def test_who_holds_or_held_a_role_on_a_channel_is_listed_with_what_they_hold_now(
    store: Store, hands: Hands
) -> None:
    await _official(store, hands, "lan", "officer", "telegram")
    await _official(store, hands, "lan", "staff", "telegram")
    await _official(store, hands, "mai", "officer", "telegram")
    await _official(store, hands, "web", "officer", "web")
    await does(store, hands, who="citizen", channel="telegram")
    await store.write(lambda connection: revoke(connection, name="mai", now=hands()))
    assert await Reader(store).had_roles("telegram") == {
        "lan": ("en", frozenset({"officer", "staff"})),
        "mai": ("en", frozenset()),
    }
