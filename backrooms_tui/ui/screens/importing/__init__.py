"""Import: a file of this program or another becomes a session or a template, looked at first."""
