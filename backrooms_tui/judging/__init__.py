"""Saying what happened: rubrics, what a judge is shown, and what it answers."""
