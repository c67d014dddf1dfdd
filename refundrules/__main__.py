"""`python -m refundrules` is the command line."""

from refundrules.cli.main import main

if __name__ == "__main__":
    main()
