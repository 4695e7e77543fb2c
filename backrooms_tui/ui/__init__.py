"""The Textual application: screens that send commands and read state, widgets, and the actions behind every key."""
