"""What can be played: the list with previews, and the editor for the person's own templates."""
