"""Profiles of hypothesis: repeatable, with more examples at a desk than in CI."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# No test fails by chance. HYPOTHESIS_PROFILE=search looks further, at random.
settings.register_profile("default", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.register_profile(
    "ci",
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
chosen = os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default")
settings.load_profile(chosen)
