"""``python -m carecmon`` is ``carecmon``; here an interruption while it is still starting is told like any other."""

import gc
import sys

#: A command makes many objects and drops few: looking for garbage at Python's usual pace takes a tenth of its time.
_PACE = 50_000


def main() -> None:
    """Run ``carecmon``."""
    gc.set_threshold(_PACE)
    try:
        from carecmon.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("carecmon: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
