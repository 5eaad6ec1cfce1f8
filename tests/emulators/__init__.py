"""Zalo and Telegram as they look from the wire: real sockets on loopback, strict, with faults.

    async with ZaloEmulator(webhook=f"{bot_url}/webhooks/zalo") as zalo:
        start_the_bot(zalo.environment())
        citizen = zalo.citizen()
        delivery = await citizen.says("/gopy Đường hỏng")      # delivery.status == 200
        letter = await citizen.hears("PA2611")                 # waits for a letter with these words
        zalo.fails(faults.SILENT_ACCEPTED, when=lambda call: call.method == "cs")

`python -m tests.emulators.zalo --port N` runs one in a process of its own; its first line on
stdout tells the address and the bot's settings, `POST /_emulator/says` lets a citizen speak.
They know nothing of the product's code, so that neither can agree with the other by mistake.
"""
