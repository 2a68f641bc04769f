"""`python -m app` is the same as `diptych`."""

from app.cli import main

main()
