"""What the posts are about."""
