"""Branching with changes: what is asked, what comes of it, and how branches talk by themselves."""
