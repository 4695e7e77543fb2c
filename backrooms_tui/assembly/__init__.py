"""Putting the rooms together: settings, catalogue, providers and store, for whichever front end asks."""
