"""Fetches the browser files that vendor.json lists, and checks that they are the files we know.

To move to another version: change it in vendor.json, run with --accept, and read the diff.
Needs npm; the fonts are cut to what the pages use by fonttools, in a throw-away virtual environment.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

VENDOR = Path(__file__).parent
LISTING = VENDOR / "vendor.json"

# Pinned: another version may write other bytes for the same font
FONT_TOOLS = ["fonttools==4.68.0", "brotli==1.2.1"]

# What the pages are written in; Chinese and rarer letters come from the visitor's own fonts
TEXT = "U+20-7E,U+A0,U+B7,U+D7,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2026,U+202F,U+2212"
SIGNS = "U+B0,U+B2,U+B3,U+2009,U+2080-2089,U+2190-2193,U+221A,U+2248,U+2260,U+2264,U+2265,U+2713"
NAMES = "U+A7,U+A9,U+BD,U+E4,U+E9,U+F6,U+FC,U+3B2,U+3B3,U+3B5,U+25CF"

# Per font: the part of its axes, the characters and the features that are kept, and the names inside (* is all).
# Kerning that varies along two axes weighs as much as the outlines: hence a serif for titles, whose weight is fixed,
# beside the one for formulas, which the first view of the explorer does not need.
CUTS = {
    "fonts/inter.woff2": (["wght=400:600"], f"{TEXT},{SIGNS},{NAMES}", "kern,calt,tnum", "*"),
    # "Source" is a reserved font name: a changed copy must not call itself so, hence only the copyright and licence.
    # Its figures are tabular.
    "fonts/source-serif-4.woff2": (["wght=400:600", "opsz=13:26"], f"{TEXT},{SIGNS}", "kern", "0,13,14"),
    "fonts/source-serif-4-title.woff2": (["wght=600", "opsz=25:42"], TEXT, "kern,liga", "0,13,14"),
    # No ligatures: an address must show its own characters
    "fonts/jetbrains-mono.woff2": ([], f"{TEXT},{SIGNS}", "", "*"),
}


def run(*command: str | Path, cwd: Path | None = None) -> str:
    return subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def unpack(package: str, version: str, member: str, folder: Path) -> bytes:
    packed = run("npm", "pack", "--silent", f"{package}@{version}", cwd=folder).strip()
    with tarfile.open(folder / packed) as archive:
        file = archive.extractfile(f"package/{member}")
        assert file is not None, f"{package} has no file {member}"
        return file.read()


def font_tools(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    run(folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *FONT_TOOLS)
    return folder / "bin"


def cut(font: bytes, file: str, tools: Path, folder: Path) -> bytes:
    axes, characters, features, names = CUTS[file]
    whole, narrow, result = folder / "whole.woff2", folder / "narrow.ttf", folder / "result.woff2"
    whole.write_bytes(font)
    if axes:
        run(tools / "fonttools", "varLib.instancer", "-q", "--no-recalc-timestamp", "-o", narrow, whole, *axes)
    keep = [f"--unicodes={characters}", f"--layout-features={features}", f"--name-IDs={names}"]
    out = ["--no-hinting", "--flavor=woff2", f"--output-file={result}"]
    run(tools / "pyftsubset", narrow if axes else whole, *keep, *out)
    return result.read_bytes()


def main(accept: bool) -> None:
    entries = json.loads(LISTING.read_text())
    changed = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        tools = font_tools(folder / "tools")
        for entry in entries:
            file = entry["file"]
            content = unpack(entry["package"], entry["version"], entry["member"], folder)
            if file in CUTS:
                content = cut(content, file, tools, folder)
            digest = hashlib.sha256(content).hexdigest()
            if digest != entry["sha256"]:
                changed.append(file)
                entry["sha256"] = digest
                if not accept:
                    continue
            (VENDOR / file).parent.mkdir(exist_ok=True)
            (VENDOR / file).write_bytes(content)
            print(f"{len(content):>9,}  {file}")
    if changed and not accept:
        sys.exit(f"Not the files we know, so left alone: {', '.join(changed)}")
    LISTING.write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main(accept="--accept" in sys.argv[1:])
