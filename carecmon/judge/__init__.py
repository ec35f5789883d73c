"""Observations -> verdicts -> alerts. Pure: no input or output, no clock, no randomness; same input, same answer."""
