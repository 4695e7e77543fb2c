"""The family of a session: its branches as a tree, and two of them side by side from where they part."""
