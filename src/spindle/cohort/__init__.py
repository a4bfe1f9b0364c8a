"""Many cases at once: counts, survival, frequencies and the audit of printed claims."""
