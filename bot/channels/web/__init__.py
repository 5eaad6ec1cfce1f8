"""The web chat: a channel of our own, over WebSockets."""
