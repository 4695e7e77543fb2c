"""Showing the application in a browser: who is let in, what passes between page and application, and its end."""
