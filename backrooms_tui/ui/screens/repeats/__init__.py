"""Batches of runs: the list of them, one with its measures and a plot, and planning another."""
