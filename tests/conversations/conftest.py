from tests.transcript import channel, talk

__all__ = ["channel", "talk"]
