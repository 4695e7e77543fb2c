"""All the rules of a conversation in one dialog."""
