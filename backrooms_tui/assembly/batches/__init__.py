"""Many runs of one template."""
