"""Finding commands in what somebody said to a world."""
