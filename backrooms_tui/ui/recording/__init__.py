"""The stage as a film: a stored session played on a screen that nobody sits at, and what it draws written down."""
