"""A Gaussian copula: the null model of "these users come in groups".

A sample drawn from it has the same margins and the same rank correlations as the
observed features, and no groups. Source: Nelsen 2006, An Introduction to Copulas.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, rankdata

from refugee_adaptation.shared.arrays import FloatArray


@dataclass(frozen=True)
class GaussianCopula:
    """A sample's margins and rank correlations, without any groups in between.

    Attributes:
        margins: The sample's columns, each sorted, shape (n, p).
        factor: Root of the latent correlation matrix, shape (p, p).
    """

    margins: FloatArray
    factor: FloatArray

    @classmethod
    def fit(cls, values: FloatArray, seed: int, steps: int = 3) -> GaussianCopula:
        """Fit margins and latent correlations.

        Ties (shares that are 0 or 1 for most users) weaken correlations of normal
        scores, so the latent ones are raised until a simulated sample shows the
        observed ones.

        Args:
            values: Features, shape (n, p), n at least 2.
            seed: Seed of the simulated samples.
            steps: Correction steps.

        Returns:
            The copula.
        """
        margins = np.sort(values, axis=0)
        target = _score_correlation(values)
        latent = target.copy()
        for step in range(steps):
            copula = cls(margins, _root(latent))
            rng = np.random.default_rng([seed, step])
            seen = _score_correlation(copula.draw(4000, rng))
            ratio = np.divide(
                target, seen, out=np.ones_like(seen), where=np.abs(seen) > 0.02
            )
            latent = np.clip(latent * np.clip(ratio, 0.5, 2.0), -0.99, 0.99)
            np.fill_diagonal(latent, 1.0)
        return cls(margins, _root(latent))

    def draw(self, size: int, rng: np.random.Generator) -> FloatArray:
        """Draw a sample with the same margins and rank correlations.

        Args:
            size: Number of rows.
            rng: Generator.

        Returns:
            Shape (size, p).
        """
        count, columns = self.margins.shape
        latent = rng.standard_normal((size, columns)) @ self.factor.T
        position = np.minimum((norm.cdf(latent) * count).astype(int), count - 1)
        drawn = np.take_along_axis(self.margins, position, axis=0)
        return np.asarray(drawn, dtype=np.float64)


def _score_correlation(values: FloatArray) -> FloatArray:
    """Correlations of normal scores (mid-ranks for ties), shape (p, p)."""
    ranks = np.apply_along_axis(rankdata, 0, values)
    scores = norm.ppf((ranks - 0.5) / len(values))
    scores = scores - scores.mean(axis=0)
    spread = np.sqrt((scores**2).sum(axis=0))
    scores = np.divide(scores, spread, out=np.zeros_like(scores), where=spread > 1e-12)
    correlation = np.clip(scores.T @ scores, -1.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation, dtype=np.float64)


def _root(correlation: FloatArray) -> FloatArray:
    """Root of the nearest correlation matrix (negative eigenvalues set to zero)."""
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.clip(values, 1e-9, None))
    lengths = np.linalg.norm(root, axis=1, keepdims=True)
    return np.asarray(root / lengths, dtype=np.float64)
