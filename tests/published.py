"""Numbers from outside this project: the tests' judges. Each file names its source."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "oracle" / "data"


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return read


TABLE_1: dict[str, dict[str, Any]] = {row["row"]: row for row in _read("paper_table1.json")["rows"]}
"""The paper's Table 1 by row: its printed cells, its widths, and what PyTorch counts for each row."""

WIDTHS: dict[str, tuple[int, ...]] = {
    name.removeprefix("inception_"): tuple(row["widths"]) for name, row in TABLE_1.items() if row["widths"]
}
"""Its nine modules and their widths."""

TORCHVISION = _read("tv_googlenet.json")
"""torchvision's own GoogLeNet, every layer as PyTorch ran it."""

COUNTS = _read("counts.json")
"""What counting tools said of variants by address, and their versions; see tests/oracle/tools.py."""
