"""The numbers with which Zalo refuses; each arrives as HTTP 200, the number in the body."""

from __future__ import annotations

from tests.emulators.wire import Answer

# Zalo OA sheet A3.6, the table of the OA API. The sheet gives most meanings, not each sentence;
# the sentences that are known word for word are those of -32, -201, -216 and -230.
OA_REFUSALS: dict[int, str] = {
    -32: "Your application reached limit call api",
    -100: "attachment_id is expired",
    -200: "Send message failed",
    -201: "Params is invalid!",
    -204: "Official Account is deleted",
    -205: "Official Account does not exist",
    -209: "This API is not supported because the app is not active",
    -210: "Parameter exceeds the allowed limit",
    -211: "Out of quota",
    -212: "Official Account has not registered this API",
    -213: "User has not followed the Official Account",
    -214: "The article is being processed",
    -216: "Access token is invalid",
    -217: "User has blocked invitations",
    -218: "Out of quota to receive messages",
    -219: "The application was removed or disabled",
    -220: "Access token is expired or was removed",
    -221: "Official Account is not verified",
    -223: "Official Account has not authorised this API",
    -224: "Official Account needs a package upgrade to use this API",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with the OA in the past 7 days",
    -232: "User has not interacted with the OA or the interaction has expired",
    -233: "The type of message is not supported",
    -234: "This type of message is not sent at night",
    -235: "This type of Official Account is not supported",
    -237: "The group is disabled",
    -238: "The asset has been used",
    -240: "This API has been shut down, please use the v3 API",
    -241: "The asset has been used",
    -242: "The appsecret_proof is invalid",
    -244: "User has restricted this type of message from the OA",
    -248: "The message violates the platform's policy",
    -249: "The template cannot be sent to a user_id",
    -320: "The app must be linked to a Zalo Cloud Account",
    -321: "The Zalo Cloud Account has no money left",
    -403: "Official Account is not in the group",
}

# Zalo OA sheet A7, the table of the ZNS/ZBS templates.
ZNS_REFUSALS: dict[int, str] = {
    -108: "Phone number is invalid",
    -109: "Template ID is invalid",
    -111: "Template data is empty",
    -112: "Template data is invalid",
    -114: "User cannot receive the message",
    -115: "Out of balance or quota",
    -117: "No permission on the template",
    -118: "Zalo account does not exist",
    -124: "Access token invalid",
    -126: "The development wallet is empty",
    -127: "Template in test mode can only be sent to admins",
    -131: "Template is not approved",
    -132: "Parameter is invalid",
    -133: "The message is not allowed at night (22-6h)",
    -135: "OA has no permission to send (not verified or free package)",
    -136: "Link a Zalo Cloud Account",
    -137: "Payment of the Zalo Cloud Account failed",
    -139: "User refused this type of message",
    -140: "OA may not send this type to the user by policy",
    -141: "User refused messages from the OA",
    -144: "Over the daily limit",
    -146: "Template is disabled",
    -147: "Template is over its quota",
    -1124: "Template data is too long",
}

# Zalo OA sheet A2: there is no official table. -14004, -14005 and -14018 were seen live on the
# same authorisation server (public notes of 2026-09 on Zalo login, OAuth v4).
OAUTH_REFUSALS: dict[int, str] = {
    -14002: "Invalid appId",
    -14003: "Invalid redirect uri",
    -14004: "Invalid secret key",
    -14005: "Invalid authorization code",
    -14014: "Invalid refresh token",
    -14018: "Invalid grant type",
    -14020: "Refresh token is used or expired",
    -118: "invalid_grant",
}


class Refusal(Exception):
    """Zalo takes the request and says no."""

    def __init__(self, code: int, message: str = "") -> None:
        self.code = code
        self.message = message or OA_REFUSALS.get(code) or ZNS_REFUSALS.get(code, "Refused")
        super().__init__(f"{self.code}: {self.message}")

    def answer(self) -> Answer:
        # Zalo OA sheet fact 2: application errors are HTTP 200.
        return Answer({"error": self.code, "message": self.message})


def invalid(name: str) -> Refusal:
    """-201 in the words that name the field: `<field> is invalid!`."""
    return Refusal(-201, f"{name} is invalid!")
