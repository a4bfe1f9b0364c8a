"""`python -m spindle`: the command line."""

from __future__ import annotations

from spindle.cli.main import main

if __name__ == "__main__":
    main()
