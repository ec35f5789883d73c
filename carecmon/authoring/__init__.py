"""The plugin author's kit: a new plugin's folder, the contract it must keep, and recorded answers to test it with."""
