"""A question with a few answers, asked before something is lost."""
