"""Whole crawls that the sample's generator did not make, and what is true in them."""
