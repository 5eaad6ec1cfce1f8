"""The colours of charts, told apart by people who do not see red or green alike."""

KINDS = ("#1d5fa8", "#d9822b", "#2f8f5b", "#b83280", "#7a5bc7", "#8a94a0")
"""Of categories; the last is for all other kinds."""

GOOD, HELD, BEFORE = "#1d5fa8", "#a9c8e8", "#d9822b"
"""What is sure, what is still open or hidden, what was before."""
