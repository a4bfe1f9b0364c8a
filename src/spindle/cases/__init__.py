"""What one patient's case is: observations as reported, with unit, date and provenance."""
