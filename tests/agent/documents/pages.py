"""What tests look for in a page: its elements, its text, and what Chromium makes of it."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path

CHROMIUM = (
    *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-extensions", "--no-pdf-header-footer"),
)
_VOID = {"meta", "br", "input", "rect", "path"}


class Page(HTMLParser):
    """The elements of a page: every tag with its attributes, and the text of marked elements."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__(convert_charrefs=True)
        self.shapes: set[tuple[str, tuple[str, ...]]] = set()
        self.links: set[str] = set()
        self.told: list[tuple[str, str]] = []  # record kinds, text
        self.text = ""
        self._open: list[tuple[str, int]] = []  # kinds or "", place in the text
        self._silent = 0
        self.feed(text)
        self.close()
        assert not self._open, f"{len(self._open)} elements stay open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the shape; mark where the text of an element begins."""
        self.shapes.add((tag, tuple(sorted(name for name, _ in attrs))))
        given = dict(attrs)
        if given.get("href"):
            self.links.add(str(given["href"]))
        if tag in ("style", "script"):
            self._silent += 1
        if tag not in _VOID:
            self._open.append((str(given.get("data-of") or ""), len(self.text)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the shape of an element that has no inside."""
        self.shapes.add((tag, tuple(sorted(name for name, _ in attrs))))

    def handle_endtag(self, tag: str) -> None:
        """Keep the text of a marked element."""
        if tag in ("style", "script"):
            self._silent -= 1
        if tag not in _VOID:
            kinds, start = self._open.pop()
            if kinds:
                self.told.append((kinds, self.text[start:]))

    def handle_data(self, data: str) -> None:
        """Gather the text that people see."""
        if not self._silent:
            self.text += data


def chromium(profile: Path, *arguments: str) -> str:
    """What Chromium prints; a page that opens a dialog never ends, which fails here."""
    command = [*CHROMIUM, f"--user-data-dir={profile}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    return done.stdout


def printed(page: Path, folder: Path) -> list[str]:
    """The text of each printed page."""
    pdf = folder / f"{page.stem}.pdf"
    chromium(folder / "profile", f"--print-to-pdf={pdf}", page.as_uri())
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.rstrip("\f").split("\f")
