"""`python -m tests.fake_lab` serves the explorer with runs that need no torch.

Latency is done at once, gradients never are, and training waits at the gate that `GATE` names.
"""

import os
from dataclasses import replace

from app.__main__ import main
from app.lab.kinds import KINDS

if __name__ == "__main__":
    for kind, task, arguments in (
        ("latency", "trained", ()),
        ("gradients", "forever", ()),
        ("training", "trained", (os.environ["GATE"],)),
    ):
        fake = replace(KINDS[kind], task=f"tests.lab.fakes:{task}", arguments=lambda *_, given=arguments: given)
        KINDS[kind] = fake  # type: ignore[index]
    main()
