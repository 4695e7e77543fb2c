"""Many runs of one template: how they are planned, and what their results add up to. Pure: no I/O, no clock."""
