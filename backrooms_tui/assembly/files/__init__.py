"""Sessions and templates from files and into files."""
