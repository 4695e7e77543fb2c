"""The dialog for one agent's manners: how it is described, how readily it speaks, what it is reminded of, and so on."""
