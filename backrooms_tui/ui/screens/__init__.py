"""One folder a screen: its module and its style sheet side by side."""
