"""Where a plugin's code is, so that any process can import the same thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plugin's code is.

    ``module`` is the name it is imported under; ``path`` is its file where that name alone does not lead to it;
    ``attribute`` is the object inside the module, blank for the module itself. ``origin`` says in words where the
    plugin was found; ``version`` is that of its distribution, or a digest of its code.
    """

    name: str
    module: str
    path: str = ""
    attribute: str = ""
    first_party: bool = False
    origin: str = ""
    version: str = ""
