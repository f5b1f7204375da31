"""Who is tied to whom, which communities that makes, and who is at their centre."""
