"""The indicators.toml that carecmon init writes."""

from __future__ import annotations

from pathlib import Path

from carecmon.errors import ConfigError

NAME = "indicators.toml"


def template() -> str:
    """Return the commented file that watches every first-party indicator."""
    return Path(__file__).with_name("template.toml").read_text("utf-8")


def write_template(folder: Path) -> Path:
    """Write the template into ``folder``, made where it is missing, and return its path.

    Raise ConfigError where an indicators.toml exists already, or nothing can be written there.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(template())
    except FileExistsError as exc:
        taken = path if folder.is_dir() else folder
        raise ConfigError(f"{taken} exists already and is left as it is; choose another folder or remove it") from exc
    except OSError as exc:
        raise ConfigError(f"{path} cannot be written: {exc.strerror}; choose a folder that you may write to") from exc
    return path
