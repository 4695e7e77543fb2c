"""Every format that goes out is read back by something that is not what wrote it."""
