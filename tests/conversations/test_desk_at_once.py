"""Many officers at once: nobody gets what another has, and each is answered."""

from benchmarks import desk
from tests.databases import Databases


async def test_of_many_officers_who_claim_at_once_each_ticket_gets_one(
    made_databases: Databases,
) -> None:
    url = await made_databases.fresh()
    found = await desk.claims(url, officers=20, tickets=60)
    assert (found.claimed, found.twice) == (60, 0)
    await made_databases.drop(url)


async def test_tickets_that_fall_due_together_are_each_reminded_of_once(
    made_databases: Databases,
) -> None:
    url = await made_databases.fresh()
    found = await desk.escalation(url, due=40, count=60)
    assert found.letters == 40
    await made_databases.drop(url)
