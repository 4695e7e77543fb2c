"""Keeping what happened: the database, its writer, its readers, search, and replay.

`open_store` opens the database, a `Recorder` writes a conversation's events as they happen, and a `Player` gives
them out again at their own pace.
"""
