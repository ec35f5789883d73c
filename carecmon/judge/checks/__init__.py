"""Consistency checks: a source must agree with itself and with others. Pure.

A release is checked as printed, before corrections; only conflicts between sources read beliefs. Printed numbers are
compared as intervals, and only what cannot be true gives a finding.

Declared as ``Check(kind, options)`` on an indicator (for its own figures) or a source (for all, or those that the
option ``indicator`` matches, ``*`` allowed). Those marked * need no declaration; one changes options or severity.

``printed-change`` *      a printed change is the difference of the printed values (``stand-in``: labels that may differ
                          in the series that shows where a stale change comes from)
``printed-growth`` *      a printed growth is that of the printed values
``printed-share`` *       a printed share is the printed part of the printed whole
``parts-and-total`` *     a printed total, or share with parts, is the sum of its parts
``real-growth`` *         nominal growth, deflated, is the printed real growth
``bounds`` *              values lie within the indicator's bounds (``low``, ``high``)
``year-as-value`` *       no year stands where a percentage belongs, no period is later than all data of the document
``magnitude`` *           no part is 1,000 times too small or large for its whole; declared on an indicator, jumps of
                          ten times are listed as information too
``restated`` *            the same fact printed twice is the same number for the same period
``ordered``               values are ``at_most`` (``at_least``) those of another indicator, same labels and period
``rank-follows-score``    ranks follow the values of the indicator ``score``
``shares-sum``            shares of one whole are at most 100 % together (``complete`` = ``yes``: exactly)
``share-growth``          a share moves with the printed growth of ``part`` and ``whole``, two indicators
``heading``               the printed heading names the code that the dimension ``label`` has
``conflict``              sources agree (always checked, on beliefs; a declaration changes the severity, and an option
                          named like a source says by how many percent that one may differ)
``custom``                ``function`` of the observations and claims of a release yields Contradictions; it runs in a
                          worker process, within the time and memory limits of its source (for an indicator: 60 s)
"""

from carecmon.judge.checks.batches import observations
from carecmon.judge.checks.conflicts import CellOf, check_conflicts
from carecmon.judge.checks.intervals import printed_unit
from carecmon.judge.checks.release import KINDS, check_kind, check_release

__all__ = ["KINDS", "CellOf", "check_conflicts", "check_kind", "check_release", "observations", "printed_unit"]
