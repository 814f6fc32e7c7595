"""What a changed module passes on."""

import pytest

from app.network.analysis import analyse
from app.network.catalog import NETWORKS
from app.network.spec import Widths
from app.network.variant import Choices, variant
from app.render.close_up import CloseUp, close_up

WIDER = Widths(256, 160, 320, 32, 192, 128)
"""Of 4e, with 64 of the 5×5 filters more."""


@pytest.mark.parametrize(
    ("choices", "name", "shown"),
    [
        ({}, "4e", CloseUp(None, "")),
        ({"4e": WIDER}, "4e", CloseUp(832, "5a follows: +64 input channels")),
        ({"4e": WIDER._replace(five=129)}, "4e", CloseUp(832, "5a follows: +1 input channel")),
        ({"4e": WIDER._replace(five=127)}, "4e", CloseUp(832, "5a follows: −1 input channel")),
        ({"4e": WIDER._replace(five=128, three_reduce=96)}, "4e", CloseUp(None, "")),
        ({"4e": WIDER}, "4d", CloseUp(None, "")),
        ({"5b": "naive"}, "5b", CloseUp(1024, "")),
        ({"4e": WIDER, "5a": "off"}, "4e", CloseUp(832, "5b follows: +64 input channels")),
        ({"4e": "off"}, "4e", CloseUp(None, "")),
        ({"5c": WIDER}, "5c", CloseUp(None, "")),
    ],
)
def test_what_it_gives_is_held_against_the_networks_own_and_so_is_what_the_next_one_reads(
    choices: Choices, name: str, shown: CloseUp
) -> None:
    chosen = variant(NETWORKS["googlenet"], choices)
    assert close_up(chosen, analyse(chosen.spec), name) == shown
