"""Who can speak: providers and their keys, the catalogue, and what this machine has."""
