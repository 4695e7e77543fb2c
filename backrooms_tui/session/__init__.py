"""What happened: typed events, and the state they add up to. Pure: no I/O, no clock, no randomness."""
