"""The worlds of a session: made, asked for leave, and what they may reach."""
