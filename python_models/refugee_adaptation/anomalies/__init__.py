"""Which accounts stand far from everybody else."""
