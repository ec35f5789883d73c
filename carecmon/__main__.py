"""``python -m carecmon`` is ``carecmon``."""

from carecmon.cli import main

if __name__ == "__main__":
    main()
