"""X-ray of a turn: what was sent, and what came back."""
