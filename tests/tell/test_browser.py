"""The sample mails in a real browser, as wide as a desktop's reading pane and as a phone."""

import html
import re
import shutil
import subprocess

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: A frame as wide as the screen, in which the mail lies; what it measures is written into the page.
PAGE = """<!doctype html><meta charset="utf-8"><body><iframe width="{width}" height="4000" srcdoc="{mail}"></iframe>
<script>onload = () => {{
  const page = document.querySelector("iframe").contentDocument;
  const pictures = [...page.images].filter(one => one.complete && one.naturalWidth > 0).length;
  document.title = `${{page.documentElement.scrollWidth}} wide, ${{pictures}} pictures`;
}}</script>"""


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: install chromium to see that mails fit their screens")
@pytest.mark.parametrize("width", [375, 700])
@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_a_mail_is_never_wider_than_its_screen_and_shows_its_chart(previews, tmp_path, language, width):
    for mail in previews.glob(f"sample-{language}-*.html"):
        page = tmp_path / mail.name
        page.write_text(PAGE.format(width=width, mail=html.escape(mail.read_text("utf-8"))), "utf-8")
        drawn = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
             "--virtual-time-budget=5000", "--dump-dom", page.as_uri()],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        found = re.search(r"<title>(\d+) wide, (\d+) pictures</title>", drawn.stdout)
        assert found, drawn.stdout[-500:]
        assert int(found[1]) <= width and int(found[2]) == 1, f"{mail.name}: {found[0]}"
