"""Everything in the store as tidy CSV files with a Frictionless data package, for other programs."""

from carecmon.export.guard import guard, unguard
from carecmon.export.package import PACKAGE, write
from carecmon.export.rows import CLAIMS, OBSERVATIONS, Origin, Stated, claim_rows, observation_rows

__all__ = [
    "CLAIMS",
    "OBSERVATIONS",
    "PACKAGE",
    "Origin",
    "Stated",
    "claim_rows",
    "guard",
    "observation_rows",
    "unguard",
    "write",
]
