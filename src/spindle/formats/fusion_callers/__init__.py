"""Fusion calls as callers, panels and reports print them: a file each, with the same functions."""
