"""Checks PDFs with tools that had no part in writing them: pdfinfo, pdffonts, pdftotext and pdftoppm of poppler.

Usage: pdf_check.py FILE.pdf...

Beside each FILE.pdf stands FILE.html, the same document as a page. Its title has to be the PDF's, and its words have to be in the
PDF in their order. Exits 1 when something is wrong.
"""

import re
import subprocess
import sys
import tempfile
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

# Pictures have words of their own in a PDF, which need not come in the same order; its contents are bookmarks.
PASSED_OVER = {"style", "script", "title", "figure", "nav", "skip"}
BLOCKS = {"p", "li", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "br"}


class Page(HTMLParser):
    """The title, the headings and the lines of a page."""

    def __init__(self, text):
        super().__init__()
        self.title, self.headings, self.lines = "", [], [""]
        self.open = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag in BLOCKS:
            self.lines.append("")
        if tag not in {"meta", "br", "hr", "img", "input", "col", "link"}:
            self.open.append("skip" if ("class", "skip") in attributes else tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop() not in {tag, "skip"}:
            pass
        if tag in BLOCKS:
            self.lines.append("")

    def handle_data(self, data):
        if "title" in self.open and "svg" not in self.open:
            self.title += data
        if PASSED_OVER.intersection(self.open):
            return
        self.lines[-1] += data
        if any(re.fullmatch("h[1-6]", tag) for tag in self.open):
            self.headings[-1] += data


def run(*words):
    done = subprocess.run(words, capture_output=True, check=False)
    if done.returncode != 0:
        raise ValueError(f"{words[0]} failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode("utf-8", errors="replace")


def squeezed(text):
    # Lines are broken anywhere, and pdftotext takes hyphens off their ends. What says how text turns is not drawn.
    text = unicodedata.normalize("NFKC", text)
    return re.sub("[\\s\\-\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0f]", "", text)


def leftward(line):
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in line)


def words_in_order(lines, text):
    """What is read to the left is told as it is seen, and poppler turns its ligatures around, so of such lines only the
    letters are looked for."""
    text, at = squeezed(text), 0
    letters = set(text)
    for line in lines:
        if leftward(line):
            missing = set(squeezed(line)) - letters
            if missing:
                raise ValueError(f"of {line!r} there is no {missing}")
            continue
        for word in filter(None, map(squeezed, line.split())):
            found = text.find(word, at)
            if found < 0:
                where = "out of order" if word in text else "missing"
                raise ValueError(f"{word!r} is {where} after …{text[max(0, at - 40):at]!r}")
            at = found + len(word)


def check(pdf, scratch):
    page = Page(pdf.with_suffix(".html").read_text(encoding="utf-8"))
    info = dict(re.findall(r"^([^:]+): *(.*)$", run("pdfinfo", str(pdf)), re.MULTILINE))
    wanted = {"Title": page.title.strip(), "Tagged": "yes", "JavaScript": "no", "Encrypted": "no"}
    for name, value in wanted.items():
        if " ".join(info.get(name, "").split()) != " ".join(value.split()):
            raise ValueError(f"pdfinfo says {name}: {info.get(name)!r} and not {value!r}")
    pages = int(info["Pages"])
    if pages < 1 or "A4" not in info["Page size"]:
        raise ValueError(f"it has {pages} pages of {info['Page size']}")
    # Two lines of heading; then emb is the fifth column from the end, because names of types hold blanks.
    fonts = [line.split() for line in run("pdffonts", str(pdf)).splitlines()[2:]]
    if not fonts or any(font[-5:-3] != ["yes", "yes"] for font in fonts):
        raise ValueError("a font is not embedded as a subset (see pdffonts)")
    run("pdftoppm", "-r", "30", "-gray", str(pdf), str(scratch / pdf.stem))
    drawn = list(scratch.glob(f"{pdf.stem}-*.pgm"))
    if len(drawn) != pages:
        raise ValueError(f"pdftoppm drew {len(drawn)} of {pages} pages")
    if len(page.headings) < 3 or not page.title:
        raise ValueError(f"the page beside it has only these headings: {page.headings}")
    text = run("pdftotext", "-raw", "-enc", "UTF-8", str(pdf), "-")
    words_in_order(page.headings, text)
    words_in_order(page.lines, text)
    return pages, set(map(script, text))


def script(letter):
    return unicodedata.name(letter, "").split(" ")[0]


def main(files):
    failed, scripts = 0, set()
    for file in map(Path, files):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                pages, found = check(file, Path(scratch))
                scripts |= found
                print(f"{file}: {pages} pages")
            except ValueError as error:
                failed += 1
                print(f"{file}: {error}", file=sys.stderr)
    missing = {"CYRILLIC", "GREEK", "ARABIC", "HEBREW"} - scripts
    if missing:
        failed += 1
        print(f"no document has words in {', '.join(sorted(missing))}", file=sys.stderr)
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
