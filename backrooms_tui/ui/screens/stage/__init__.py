"""The stage: a live conversation, watched and stepped into."""
