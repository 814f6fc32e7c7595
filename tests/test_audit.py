"""The audit of the locks fails where a vulnerability is known, and never passes for cleared what nobody looked at."""

import json
import re
from pathlib import Path

import pytest

from requirements.audit import ask, pins, verdict
from tests.serving import ROOT

FINE = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1", "3"]}]}
UNMENDED = {"name": "c", "version": "3", "vulns": [{"id": "GHSA-2", "fix_versions": []}]}
UNKNOWN = {"name": "d", "skip_reason": "Dependency not found on PyPI and could not be audited: d (4)"}


@pytest.mark.parametrize(
    ("packages", "told", "good"),
    [
        ([FINE], "no known vulnerability in 1 packages", True),
        ([FINE, BAD], "b 2: PYSEC-1, mended in 2.1, 3", False),
        ([UNKNOWN, UNMENDED, BAD], "c 3: GHSA-2, not mended\nb 2: PYSEC-1, mended in 2.1, 3", False),
        ([FINE, UNKNOWN], "1 of 2 packages not audited", True),
        ([UNKNOWN], "1 of 1 packages not audited", True),
    ],
)
def test_it_goes_on_unless_a_vulnerability_is_known(packages: list[object], told: str, good: bool) -> None:
    said, passed = verdict(json.dumps({"dependencies": packages, "fixes": []}), "", len(packages))
    assert (said[: len(told)], passed) == (told, good)


@pytest.mark.parametrize("report", ["", "Traceback", "[]", "{}"])
def test_where_nothing_is_reported_nothing_is_cleared(report: str) -> None:
    assert verdict(report, "first\nCould not connect\n", 9) == ("not audited: Could not connect", True)


def test_a_tool_that_is_not_there_is_no_report() -> None:
    assert verdict(*ask("/nowhere/pip-audit", ["a==1"]), 1)[0].startswith("not audited: ")


def test_all_locks_hold_the_same_version_of_a_package() -> None:
    names = [pin.partition("==")[0] for pin in pins()]
    assert len(names) == len(set(names)) > 100  # pip-audit refuses a name that stands twice


def test_it_is_asked_about_every_lock(tmp_path: Path) -> None:
    tool = tmp_path / "pip-audit"
    tool.write_text('#!/bin/sh\ncat "$2"\n')
    tool.chmod(0o755)
    asked = ask(str(tool), pins())[0].splitlines()
    for lock in (ROOT / "requirements").glob("*.txt"):
        for line in lock.read_text().splitlines():
            if re.match(r"\w.*==", line):
                assert line.split()[0] in asked
