"""In which groups people adapt, and whether the groups are more than a partition."""
