"""Leases of processes that died."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from messages.envelope import Address, Incoming
from storage import tables
from storage.database import Store
from storage.inbox import Inbox
from storage.leases import free_dead, is_dead, place, token
from tests.conftest import Hands
from tests.storage.acts import rows


def test_a_token_fits_its_column_and_no_two_are_alike() -> None:
    tokens = {token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(one) <= 32 for one in tokens)


def test_a_lease_is_dead_with_its_process_and_alive_while_that_runs() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    machine, _, rest = token().partition(".")
    theirs = f"{machine}.{process.pid}.{rest.partition('.')[2]}"
    try:
        assert not is_dead(theirs)
    finally:
        process.communicate(b"\n")
    assert is_dead(theirs)
    assert is_dead(f"{machine}.{os.getpid()}.before")
    assert not is_dead(f"elsewhere.{process.pid}.x")
    assert not is_dead("of an earlier form")


def _proc(folder: Path, boot: str, numbers: str) -> Path:
    """What a system tells of its boot and of the namespace of its processes' numbers."""
    kernel = folder / "sys/kernel/random"
    kernel.mkdir(parents=True)
    (kernel / "boot_id").write_text(f"{boot}\n")
    (folder / "self/ns").mkdir(parents=True)
    (folder / "self/ns/pid").symlink_to(f"pid:[{numbers}]")
    return folder


def test_two_containers_of_one_host_name_never_take_each_other_for_dead(tmp_path: Path) -> None:
    here = place(_proc(tmp_path / "here", "a-boot", "4026531836"))
    assert here == place(_proc(tmp_path / "again", "a-boot", "4026531836"))
    assert here != place(_proc(tmp_path / "neighbour", "a-boot", "4026532207"))
    assert here != place(_proc(tmp_path / "elsewhere", "another-boot", "4026531836"))
    assert len(place(tmp_path / "tells nothing")) == len(here) == 8


async def test_whoever_a_dead_process_kept_waiting_is_served_at_once(
    store: Store, hands: Hands
) -> None:
    inbox = Inbox(store, hands)
    await inbox.accept(Incoming(Address("web", "a"), "1", hands(), text="chào"))
    assert len(await inbox.claim(10)) == 1
    assert await inbox.claim(10) == []
    # The same process number: it was given to us after its owner had died.
    assert await free_dead(store) == 1
    assert len(await inbox.claim(10)) == 1


async def test_a_letter_that_a_dead_process_was_sending_is_sent_at_once(
    store: Store, hands: Hands
) -> None:
    await store.write(
        lambda c: c.execute(
            tables.outbox.insert().values(
                channel="web",
                address="a",
                body=b"",
                created_at=hands(),
                due_at=hands(),
                lease=token(),
                lease_until=hands() + timedelta(hours=1),
            )
        )
    )
    assert await free_dead(store) == 1
    assert [row.lease for row in await rows(store, tables.outbox)] == [None]


async def test_a_living_neighbour_keeps_its_lease(store: Store, hands: Hands) -> None:
    inbox = Inbox(store, hands)
    await inbox.accept(Incoming(Address("web", "a"), "1", hands(), text="chào"))
    (claimed,) = await inbox.claim(10)
    machine, _, rest = claimed.lease.partition(".")
    neighbour = f"{machine}.{os.getppid()}.{rest.partition('.')[2]}"
    await store.write(
        lambda connection: connection.execute(update(tables.people).values(lease=neighbour))
    )
    assert await free_dead(store) == 0
    hands.move(seconds=timedelta(minutes=1).total_seconds())
    assert len(await inbox.claim(10)) == 1
