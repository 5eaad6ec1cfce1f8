"""What a free text may want: a closed list, the same for the chat and for `understand`."""

from enum import StrEnum


class Intent(StrEnum):
    """One of the things a person may want of a commune; the values are stable outside."""

    PROCEDURE = "procedure"
    CLARIFY = "clarify"
    FEEDBACK = "feedback"
    PETITION = "petition"
    PRAISE = "praise"
    INITIATIVE = "initiative"
    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    EMERGENCY = "emergency"
    HOTLINE = "hotline"
    RECEPTION_SCHEDULE = "reception_schedule"
    FRIDAY_NO_APPOINTMENT = "friday_no_appointment"
    DOSSIER_STATUS = "dossier_status"
    OVERDUE = "overdue"
    HOME_SERVICE = "home_service"
    HUMAN_HANDOVER = "human_handover"
    DATA_SUBJECT_REQUEST = "data_subject_request"
    INFORMATION_REQUEST = "information_request"
    SURVEY_RESPONSE = "survey_response"
    QR_GUIDANCE = "qr_guidance"
    TECHNICAL_ERROR = "technical_error"
    GREETING = "greeting"
    OUT_OF_SCOPE = "out_of_scope"
    UNKNOWN = "unknown"
