"""How people write one cell: an age, a site, a stain, a treatment, an outcome."""
