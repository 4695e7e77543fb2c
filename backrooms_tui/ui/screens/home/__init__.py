"""The person's sessions."""
