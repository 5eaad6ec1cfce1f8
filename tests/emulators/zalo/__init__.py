"""A Zalo Official Account as an app sees it: OAuth, OpenAPI v3, ZBS templates, webhook, citizens.

Sources are cited as sections of the Zalo OA fact sheet ("Zalo OA sheet A3.6"), which was read off
Zalo's documentation (docs.zaloplatforms.com) and the official SDKs.
"""

from tests.emulators.zalo.citizen import Anonymous, Citizen, Letter
from tests.emulators.zalo.credentials import App
from tests.emulators.zalo.server import Switches, ZaloEmulator
from tests.emulators.zalo.webhook import Delivery, Mac, Wrapping

__all__ = [
    "Anonymous",
    "App",
    "Citizen",
    "Delivery",
    "Letter",
    "Mac",
    "Switches",
    "Wrapping",
    "ZaloEmulator",
]
