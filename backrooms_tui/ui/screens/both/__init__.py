"""A session gone on with twice: without the ladder against stalling and with it, side by side."""
