"""Export: sessions become files to hand on, in a place of the person's choice."""
