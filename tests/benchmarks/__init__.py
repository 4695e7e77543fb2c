"""Figures, measured and printed: `python -m tests.benchmarks.NAME`. None of them is a test."""
