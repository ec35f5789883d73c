"""pytest kit for carecmon and for plugin authors: ``addopts = ["-p", "carecmon.testing"]``."""
