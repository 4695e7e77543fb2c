"""Councils: what an agent's own people say before it speaks."""
