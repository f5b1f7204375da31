"""The founding study's recipe and what its figures should be compared with."""
