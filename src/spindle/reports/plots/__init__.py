"""Pictures as SVG, each with a text alternative."""
