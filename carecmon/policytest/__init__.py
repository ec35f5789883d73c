"""Tests of rules: series with vintages in, expected alerts out. Written in TOML, described in docs/rules.md."""

from __future__ import annotations

from carecmon.policytest.file import Expected, Scenario, Vintage, load
from carecmon.policytest.play import Difference, play

__all__ = ["Difference", "Expected", "Scenario", "Vintage", "load", "play"]
