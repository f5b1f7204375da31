"""What to show next to whom."""
