"""Asks PyPI's advisories about every locked package, with pip-audit: `make audit`.

A known vulnerability ends it with an error. Where the advisories cannot be reached, or do not know a package (an index
that holds files alone answers so), that is said and is no error: then nothing was found, and nothing was cleared.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

LOCKS = Path(__file__).parent
PATIENCE = 300
"""Seconds for all of it."""


def pins() -> list[str]:
    """`name==version` of all that any lock holds."""
    texts = (lock.read_text() for lock in LOCKS.glob("*.txt"))
    return sorted({pin for text in texts for pin in re.findall(r"^[\w.-]+==[^\s;]+", text, re.MULTILINE)})


def ask(tool: str, asked: list[str]) -> tuple[str, str]:
    """What pip-audit reports as JSON, and what it says beside that."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(asked))
        listed.flush()
        options = ["--requirement", listed.name, "--disable-pip", "--no-deps", "--format", "json"]
        try:
            ended = subprocess.run(
                [tool, *options, "--progress-spinner", "off"],
                capture_output=True, text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return "", str(error)
        return ended.stdout, ended.stderr


def verdict(report: str, said: str, asked: int) -> tuple[str, bool]:
    """What there is to tell, and whether it is good enough to go on.

    Args:
        report: pip-audit's, as JSON; something else where it could not make one.
        said: what it wrote to stderr.
        asked: how many packages it was asked about.
    """
    try:
        found = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return f"not audited: {(said.strip() or 'no report').splitlines()[-1]}", True
    known = [package for package in found if "vulns" in package]
    bad = [f"{each['name']} {each['version']}: {_advice(flaw)}" for each in known for flaw in each["vulns"]]
    if bad:
        return "\n".join(bad), False
    if len(known) < asked:
        return f"{asked - len(known)} of {asked} packages not audited: the index has no advisories for them", True
    return f"no known vulnerability in {asked} packages", True


def _advice(flaw: dict[str, Any]) -> str:
    mended = ", ".join(flaw["fix_versions"])
    return f"{flaw['id']}, " + (f"mended in {mended}" if mended else "not mended")


def main(tool: str) -> None:
    """Asks, tells, and ends with an error where something was found."""
    asked = pins()
    told, good = verdict(*ask(tool, asked), len(asked))
    print(told)
    sys.exit(not good)


if __name__ == "__main__":
    main(sys.argv[1])
