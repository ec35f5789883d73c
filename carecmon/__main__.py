"""``python -m carecmon`` is ``carecmon``; here an interruption while it is still starting is told like any other."""

import sys


def main() -> None:
    """Run ``carecmon``."""
    try:
        from carecmon.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("carecmon: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
