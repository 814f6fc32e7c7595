"""The readers of addresses under a coverage-guided fuzzer, which learns from the code itself what to try next.

    pip install atheris
    python -m benchmarks.fuzz -max_total_time=300 [folder of inputs, kept between runs]

What breaks a reader, or takes it a second, ends the run, and stands in a file crash-…; `python -m benchmarks.fuzz FILE`
tries that again. The readers are those of tests/garbage.py, held to the same. Options are libFuzzer's.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from tests.serving import ROOT

try:
    import atheris
except ModuleNotFoundError:
    sys.exit("this needs atheris: pip install atheris")

with atheris.instrument_imports(include=["app"]):
    from app.network.catalog import NETWORKS
    from tests.garbage import NAMES, ODD, OWN, READERS


def main() -> None:
    """Fuzzes until it is told to stop, or tries the files that it is given."""
    if any(Path(each).is_file() for each in sys.argv[1:]):
        _run(sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        seeds, words = Path(folder, "seeds"), Path(folder, "words")
        seeds.mkdir()
        for number, seed in enumerate(_seeds()):
            (seeds / f"{number}").write_bytes(seed)
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in dict.fromkeys((*OWN, *ODD)) if len(word) < 64))
        if not (child := os.fork()):  # libFuzzer ends its process, and what is after it is never run
            _run([sys.argv[0], f"-dict={words}", "-max_len=2048", "-timeout=120", *sys.argv[1:], str(seeds)])
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _run(arguments: list[str]) -> NoReturn:
    atheris.Setup(arguments, one)
    atheris.Fuzz()
    sys.exit()


def one(data: bytes) -> None:
    """Reads an input: a reader, a network, and a text."""
    since = time.process_time()
    if len(data) >= 2:
        READERS[data[0] % len(READERS)](NAMES[data[1] % len(NAMES)], data[2:].decode(errors="replace"))
    assert time.process_time() - since < 1


def _seeds() -> list[bytes]:
    """What is known to be refused, and what is not."""
    refused = json.loads((ROOT / "tests/web/data/refused.json").read_text(encoding="utf-8"))
    known = [(NAMES.index(network), query) for network, query, _ in refused]
    known += [(0, "input=64&4e.5x5=192&3c=1,2,3,4,5,6&width=0.5"), (3, "aux=off&3a=naive:1,2,3&stem=1,2,3&norm=none")]
    known += [(0, "vary=width:0.25:2:0.05&vary=4e.5x5:0:9:3&aux=on"), (4, "left=googlenet%3Faux%3Don&right=tf-slim")]
    known += [(0, "op=conv&input=28x30&kernel=5&padding=2"), (0, "input=192x28x28&widths=naive:64,128,32&five=3x3")]
    known += [(0, network.spec.model_dump_json()) for network in NETWORKS.values()]
    return [bytes([reader, network]) + text.encode() for network, text in known for reader in range(len(READERS))]


def _escaped(word: str) -> str:
    return "".join(each if each.isalnum() else f"\\x{ord(each):02x}" for each in word)


if __name__ == "__main__":
    main()
