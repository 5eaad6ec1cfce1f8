"""A typed number never means two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.envelope import Address, Choice, Kind
from storage.database import Store
from storage.inbox import Inbox
from storage.outbox import SENT, Draft, Fate, Offer, Outbox, Recipient, numbered
from storage.unit_of_work import finish
from tests.conftest import Hands
from tests.storage.acts import does, heard, letter, message, only, turn

SOMEBODY = Recipient(1, Address("web", "an"))
RATING = tuple(Offer(f"/rate {n}", "★" * n, number=n) for n in range(1, 6))
CLAIM = (Offer("/nhan PA", "Nhận"), Offer("/chuyen PA", "Chuyển"))
MENU = Offer("/menu", "Menu")

offers = st.lists(
    st.builds(
        Offer,
        key=st.sampled_from(["a", "b", "/menu", "/rate 1"]),
        title=st.text(max_size=5),
        url=st.sampled_from(["", "", "https://xa.example.vn"]),
    ),
    max_size=8,
)
wishes = st.lists(st.integers(1, 9), unique=True, max_size=4).map(
    lambda numbers: [Offer(f"wish {n}", "x", number=n) for n in numbers]
)
taken_before = st.lists(
    st.builds(Choice, key=st.just("old"), title=st.just("old"), number=st.integers(0, 70)),
    max_size=5,
)


def _numbers(choices: tuple[Choice, ...]) -> list[int]:
    return [choice.number for choice in choices if choice.number]


@given(plain=offers, wished=wishes, taken=taken_before)
def test_no_two_choices_of_a_person_have_one_number(
    plain: list[Offer], wished: list[Offer], taken: list[Choice]
) -> None:
    choices = numbered(Draft(SOMEBODY, "?", (*plain, *wished)), taken)
    new = _numbers(choices)
    assert len(set(new)) == len(new)
    assert not set(new) & {choice.number for choice in taken}
    assert [choice.key for choice in choices] == [offer.key for offer in (*plain, *wished)]


@given(plain=offers, taken=taken_before)
def test_the_menu_is_always_0_and_a_link_needs_no_number(
    plain: list[Offer], taken: list[Choice]
) -> None:
    for choice in numbered(Draft(SOMEBODY, "?", tuple(plain)), taken):
        assert (choice.number == 0) == (choice.key == "/menu" or bool(choice.url))


def test_choices_are_numbered_from_1_in_their_order() -> None:
    choices = numbered(Draft(SOMEBODY, "?", (*CLAIM, MENU, Offer("c", "C"))))
    assert [choice.number for choice in choices] == [1, 2, 0, 3]


def test_a_rating_has_its_own_numbers_when_nothing_else_was_offered() -> None:
    assert _numbers(numbered(Draft(SOMEBODY, "?", RATING[::-1]))) == [5, 4, 3, 2, 1]


def test_an_unnumbered_choice_beside_a_rating_comes_after_it() -> None:
    assert _numbers(numbered(Draft(SOMEBODY, "?", (Offer("x", "X"), *RATING)))) == [
        6,
        1,
        2,
        3,
        4,
        5,
    ]


async def _offered(store: Store, hands: Hands, who: str) -> dict[int, str]:
    """Which number means what to somebody, as their next turn sees it."""
    inbox = Inbox(store, hands)
    await inbox.accept(message(who))
    claimed = await only(inbox)
    await inbox.give_back(claimed)
    hands.move(minutes=1)
    offered = claimed.person.offered
    numbers = [choice.number for choice in offered if choice.number]
    assert len(set(numbers)) == len(numbers), offered
    return {choice.number: choice.key for choice in offered if choice.number}


async def _printed(store: Store, hands: Hands, who: str) -> list[list[int]]:
    """The numbers on each letter that waits for somebody, oldest first."""
    outbox = Outbox(store, hands)
    found = []
    while due := await outbox.claim(["web"], 10):
        found += [_numbers(one.body.choices) for one in due if one.to.id == who]
        await outbox.settle([Fate(one, SENT) for one in due])
    return found


async def test_a_card_pushed_while_a_step_waits_goes_on_counting(
    store: Store, hands: Hands
) -> None:
    officer = await heard(store, hands, "officer")
    question = letter(officer, "?", offers=(Offer("a", "A"), Offer("b", "B"), MENU))
    assert not await finish(store, [turn(officer, letters=[question], step="desk.which")])
    for _ in range(2):
        await does(store, hands, who="citizen", letters=[letter(officer, "card", offers=CLAIM)])
    assert await _printed(store, hands, "officer") == [[1, 2], [3, 4], [5, 6]]
    assert await _offered(store, hands, "officer") == {
        1: "a", 2: "b", 3: "/nhan PA", 4: "/chuyen PA", 5: "/nhan PA", 6: "/chuyen PA",
    }  # fmt: skip


async def test_a_rating_pushed_to_an_idle_person_keeps_its_numbers(
    store: Store, hands: Hands
) -> None:
    citizen = await heard(store, hands, "citizen")
    menu = letter(citizen, "?", offers=(Offer("/gopy", "Góp ý"), Offer("/hoso", "Hồ sơ")))
    assert not await finish(store, [turn(citizen, letters=[menu])])
    await does(store, hands, who="officer", letters=[letter(citizen, "answer", offers=RATING)])
    assert await _offered(store, hands, "citizen") == {n: f"/rate {n}" for n in range(1, 6)}


async def test_a_rating_pushed_while_a_step_waits_takes_no_number_from_it(
    store: Store, hands: Hands
) -> None:
    citizen = await heard(store, hands, "citizen")
    question = letter(citizen, "?", offers=(Offer("road", "Đường"), Offer("light", "Đèn")))
    assert not await finish(store, [turn(citizen, letters=[question], step="feedback.category")])
    await does(store, hands, who="officer", letters=[letter(citizen, "answer", offers=RATING)])
    offered = await _offered(store, hands, "citizen")
    assert (offered[1], offered[2], offered[3]) == ("road", "light", "/rate 1")


async def test_a_card_that_is_not_to_restart_goes_on_counting_for_an_idle_officer(
    store: Store, hands: Hands
) -> None:
    officer = await does(store, hands, who="officer")
    for _ in range(2):
        card = letter(officer, "card", offers=CLAIM, restart=False)
        await does(store, hands, who="citizen", letters=[card])
    assert await _printed(store, hands, "officer") == [[1, 2], [3, 4]]


async def test_two_letters_of_one_answer_share_no_number(store: Store, hands: Hands) -> None:
    citizen = await heard(store, hands)
    letters = [letter(citizen, "?", offers=CLAIM), letter(citizen, "!", offers=RATING)]
    assert not await finish(store, [turn(citizen, letters=letters)])
    assert sorted(await _offered(store, hands, "an")) == [1, 2, 3, 4, 5, 6, 7]


async def test_an_answer_takes_the_place_of_what_was_offered_before(
    store: Store, hands: Hands
) -> None:
    for key in ("old", "new"):
        citizen = await heard(store, hands)
        question = letter(citizen, "?", offers=(Offer(key, key),))
        assert not await finish(store, [turn(citizen, letters=[question], step="a.b")])
    assert await _offered(store, hands, "an") == {1: "new"}


async def test_an_answer_that_offers_nothing_leaves_what_was_offered(
    store: Store, hands: Hands
) -> None:
    citizen = await heard(store, hands)
    question = letter(citizen, "?", offers=CLAIM)
    assert not await finish(store, [turn(citizen, letters=[question], step="a.b")])
    citizen = await heard(store, hands)
    assert not await finish(store, [turn(citizen, letters=[letter(citizen, "?")], step="a.b")])
    assert sorted(await _offered(store, hands, "an")) == [1, 2]


@pytest.mark.parametrize("kind", [Kind.TIMER, Kind.EDIT, Kind.SEEN])
async def test_what_comes_unasked_while_a_step_waits_takes_no_number_from_it(
    store: Store, hands: Hands, kind: Kind
) -> None:
    citizen = await heard(store, hands)
    question = letter(citizen, "?", offers=(Offer("road", "Đường"),))
    assert not await finish(store, [turn(citizen, letters=[question], step="a.b")])
    reminded = await heard(store, hands, kind=kind)
    reminder = letter(reminded, "!", offers=RATING)
    assert not await finish(store, [turn(reminded, letters=[reminder], step="a.b")])
    offered = await _offered(store, hands, "an")
    assert (offered[1], offered[2]) == ("road", "/rate 1")


async def test_a_card_pushed_during_an_officers_own_turn_is_not_forgotten_by_it(
    store: Store, hands: Hands
) -> None:
    officer = await does(store, hands, who="officer")
    in_hand = await heard(store, hands, "officer")
    await does(store, hands, who="citizen", letters=[letter(officer, "card", offers=CLAIM)])
    assert not await finish(store, [turn(in_hand, letters=[letter(in_hand, "no choices")])])
    assert await _offered(store, hands, "officer") == {1: "/nhan PA", 2: "/chuyen PA"}


@pytest.mark.parametrize("citizen_first", [True, False])
async def test_a_card_committed_together_with_an_officers_own_turn_shares_no_number_with_it(
    store: Store, hands: Hands, *, citizen_first: bool
) -> None:
    officer = await does(store, hands, who="officer")
    inbox = Inbox(store, hands)
    await inbox.accept(message("officer"))
    own = await only(inbox)
    await inbox.accept(message("citizen"))
    other = await only(inbox)
    question = letter(own, "?", offers=(Offer("a", "A"), Offer("b", "B")))
    turns = [
        turn(own, letters=[question], step="desk.which"),
        turn(other, letters=[letter(officer, "card", offers=CLAIM)]),
    ]
    assert not await finish(store, turns[::-1] if citizen_first else turns)
    offered = await _offered(store, hands, "officer")
    assert (offered[1], offered[2]) == ("a", "b")
    if not citizen_first:
        assert (offered[3], offered[4]) == ("/nhan PA", "/chuyen PA")
