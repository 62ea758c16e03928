"""`python -m phiscope` does what the command `phiscope` does."""

import sys

from phiscope.commands import main

if __name__ == "__main__":
    sys.exit(main())
