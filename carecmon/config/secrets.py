"""Secrets are named, never written: which keys would hold one, and what messages must not repeat."""

from __future__ import annotations

_WORDS = ("password", "passwd", "passphrase", "secret", "token", "apikey", "key", "credential", "credentials", "auth")


def looks_secret(key: str) -> bool:
    """Say whether ``key`` would hold a secret itself: password, api_key, token, but not password_env."""
    words = key.casefold().replace("-", "_").split("_")
    return words[-1] != "env" and any(word in _WORDS for word in words)


def hides(key: str) -> bool:
    """Say whether what was found under ``key`` must not be repeated in a message."""
    return key.endswith("_env") or key in ("url", "base_url") or looks_secret(key)
