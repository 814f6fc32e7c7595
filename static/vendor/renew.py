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

PUNCTUATION = (
    "U+20-7E,U+A0,U+B0-B3,U+B7,U+B9,U+BC-BE,U+D7,U+E0-FC,U+2009,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F"
)
SIGNS = "U+2032,U+2033,U+2044,U+2070-2089,U+2190-2195,U+2212,U+221A,U+221E,U+2248,U+2260,U+2264,U+2265,U+2713"
LATIN_1 = "U+A1-FF"
SHAPES = "U+2308-230B,U+25A0,U+25A1,U+25AA,U+25B2-25C6,U+25CB,U+25CF,U+2717"

# Per font: the part of its axes, the characters and the features that are kept, and the names inside (* is all)
CUTS = {
    "fonts/inter.woff2": (
        ["wght=400:600"],
        f"{PUNCTUATION},{SIGNS},{LATIN_1},{SHAPES}",
        "kern,mark,mkmk,ccmp,locl,calt,tnum",
        "*",
    ),
    # "Source" is a reserved font name: a changed copy must not call itself so, hence only the copyright and licence.
    # Its figures are tabular unless pnum is asked for.
    "fonts/source-serif-4.woff2": (
        ["wght=400:600", "opsz=12:48"],
        f"{PUNCTUATION},{SIGNS}",
        "kern,liga,pnum",
        "0,13,14",
    ),
    # No ligatures: an address must show its own characters
    "fonts/jetbrains-mono.woff2": ([], f"{PUNCTUATION},{SIGNS}", "", "*"),
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
