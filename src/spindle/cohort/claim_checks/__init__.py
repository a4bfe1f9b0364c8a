"""The kinds of claim, a module each: what a claims file says of it, and how it is recomputed."""
