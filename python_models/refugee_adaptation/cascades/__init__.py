"""How replies and hashtags spread, each against a null model."""
