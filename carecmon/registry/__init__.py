"""Find, probe, import and check plugins. A broken plugin costs only its own indicators."""

from carecmon.registry.loading import Registry, load
from carecmon.registry.place import Place

__all__ = ["Place", "Registry", "load"]
