"""Samples with planted truth, to measure what each method recovers."""
