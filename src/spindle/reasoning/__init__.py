"""What the readings of one case mean together."""
