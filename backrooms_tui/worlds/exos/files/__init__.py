"""The virtual disk of a session. It is nowhere but in the session: no file of the person's is ever touched."""
