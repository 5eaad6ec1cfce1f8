"""Who brings a matter does not answer it."""

from tests.transcript import Talk, code_in


async def test_an_official_cannot_answer_their_own_ticket_and_a_colleague_can(
    talk: Talk, channel: str
) -> None:
    officer = await talk.official(channel=channel)
    colleague = await talk.official(name="Lê Văn Bạn", channel=channel)
    code = code_in(await officer.says("/gopy Đường thôn ngập nước"))
    officer.forgets()
    (refused,) = await officer.says(f"/traloi {code} Đã xong")
    assert "đồng nghiệp" in refused
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert ticket.answered_at is None
    await colleague.says(f"/traloi {code} Đã khơi thông cống")
    ticket = await talk.read.ticket(code)
    assert ticket is not None
    assert ticket.answered_at is not None


async def test_of_a_denunciation_only_the_day_is_kept_and_nobody(talk: Talk) -> None:
    await talk.person("an", name="Người Giấu Tên").says("tôi tố cáo ông trưởng thôn ăn tiền")
    async with talk.store.reading() as connection:
        rows = await connection.exec_driver_sql("SELECT person, at, kind FROM evidence")
        kept = [tuple(row) for row in rows]
        names = await connection.exec_driver_sql("SELECT name FROM people WHERE name IS NOT NULL")
        assert names.all() == []
    ((person, at, kind),) = kept
    assert (person, kind) == ("", "redirected.denunciation")
    # Midnight in Viet Nam is 17:00 UTC.
    assert at % 86_400_000 == 17 * 3_600_000
