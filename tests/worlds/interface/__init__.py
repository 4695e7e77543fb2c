"""Tests of world-interface servers."""
