"""Marks on the screen."""
