"""What is to be played: the template file, its blanks, its checker, and the built-in templates."""
