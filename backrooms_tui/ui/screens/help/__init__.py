"""What every key does, made from the action registry."""
