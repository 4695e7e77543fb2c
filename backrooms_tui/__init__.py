"""Backrooms: language models talking with one another while a person watches.

The root imports nothing, so that `backrooms --help` and every test of one room stay quick.
"""
