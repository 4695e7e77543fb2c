"""Branching with changes: what is to be different, in one branch or in several at once, and how they come along."""
