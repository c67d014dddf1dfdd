"""`python -m refundrules` is the command line."""

from refundrules.cli import main

if __name__ == "__main__":
    main()
