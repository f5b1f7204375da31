"""Who stays, whether the crawl can know it, and how far it can be predicted."""
