"""The catalogues: ``python -m carecmon.tell.catalogue`` collects what is to be translated, and compiles what is.

What has no translation yet stands in the .po with an empty msgstr; a test fails until it has one. English is the
language of the messages themselves, so its catalogue repeats them.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from carecmon.tell.language import DOMAIN, LOCALES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

HERE = Path(__file__).parent
#: Functions that take a message, and how many of their first arguments are one.
_CALLS = {"N_": 1, "NN_": 2, "say": 1, "gettext": 1, "ngettext": 2, "count": 2}


def extract() -> Catalog:
    """Return every message of the code and the templates."""
    from babel.messages.catalog import Catalog

    catalog = Catalog(project="carecmon", charset="utf-8")
    for where, message in _messages():
        if message:
            catalog.add(message, locations=[(where, 0)])
    return catalog


def _messages() -> Iterator[tuple[str, str | tuple[str, str]]]:
    from jinja2.ext import babel_extract

    for path in sorted(HERE.glob("*.py")):
        # Babel's own reader of Python does not look into f-strings.
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from ((path.name, message) for message in _said(node))
    for path in sorted((HERE / "templates").iterdir()):
        with path.open("rb") as template:
            for _, _, said, _ in babel_extract(template, ("_", "gettext"), (), {}):
                yield path.name, said if isinstance(said, str) else str((said or ("",))[0])


def _said(call: ast.Call) -> Iterator[str | tuple[str, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    wanted = call.args[: _CALLS.get(name, 0)]
    said = [one.value for one in wanted if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if said and len(said) == len(wanted):
        yield said[0] if len(said) == 1 else (said[0], said[1])


def path_of(language: str, kind: str = "po") -> Path:
    """Return where the catalogue of a language lies."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}"


def read(language: str) -> Catalog:
    """Return the catalogue of a language as written."""
    from babel.messages.pofile import read_po

    with path_of(language).open("rb") as file:
        return read_po(file, language)


def compiled(language: str) -> bytes:
    """Return the .mo of a language; nothing untranslated or uncertain is in it."""
    from babel.messages.mofile import write_mo

    out = io.BytesIO()
    write_mo(out, read(language))
    return out.getvalue()


def update(language: str) -> None:
    """Bring a .po to the messages of today, and compile it."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    path = path_of(language)
    catalog = read(language) if path.exists() else Catalog(language, project="carecmon", charset="utf-8")
    catalog.update(extract(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        message.locations = [(where, 0) for where, _ in message.locations]
        if language == "en" and message.id:
            message.string = message.id
    path.parent.mkdir(parents=True, exist_ok=True)
    # Nothing in the head that differs from day to day or from person to person.
    catalog.header_comment = f"# The words of carecmon's messages: {language}."
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    catalog.fuzzy, catalog.version, catalog.last_translator, catalog.language_team = False, "1", "carecmon", language
    catalog.msgid_bugs_address = ""
    with path.open("wb") as file:
        write_po(file, catalog, sort_output=True, omit_header=False, include_lineno=False, ignore_obsolete=True)
    path_of(language, "mo").write_bytes(compiled(language))


if __name__ == "__main__":
    for one in ("en", "ru", "zh"):
        update(one)
