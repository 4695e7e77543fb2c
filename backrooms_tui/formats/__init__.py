"""Other people's files and our own: one module per format, in and out."""
