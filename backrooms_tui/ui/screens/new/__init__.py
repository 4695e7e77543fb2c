"""The form for a new conversation, and the way from a choice to a conversation that runs."""
