"""The exact interval of a share of counted nuclei, or of any n of N."""

from __future__ import annotations

# The usual level of a confidence interval.
LEVEL = 0.95


def compute_exact_interval(n: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Give the Clopper–Pearson interval of n of N.

    Parameters
    ----------
    n, of:
        Numerator and denominator, 0 <= n <= of, of > 0.
    level:
        Confidence level between 0 and 1.

    Raises
    ------
    ValueError
        When the counts or the level can't be.
    """
    if not 0 <= n <= of or of == 0:
        raise ValueError(f"{n} of {of} is not a share")
    if not 0 < level < 1:
        raise ValueError(f"{level} is not a confidence level")
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    lower = 0.0 if n == 0 else float(betaincinv(n, of - n + 1, tail))
    upper = 1.0 if n == of else float(betaincinv(n + 1, of - n, 1 - tail))
    return lower, upper
