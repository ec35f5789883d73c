"""Ask sources, each plugin in a process of its own, and check what they give. Start at ``gather``."""
