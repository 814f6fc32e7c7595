"""The widest within a budget, against analyses of the variants around it, each asked for by its own address."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.network.analysis import Totals
from app.network.catalog import NETWORKS
from app.network.fit import Fit, fit
from app.web.address import STATE_KEYS, Limits, parse_choices, read_query
from tests.examples import analysis_of, variant_of
from tests.strategies import addresses, query

NAMES = ("params", "macs", "activations", "peak_activations")
STEPS = st.integers(256, 4096)


def at(network: str, values: dict[str, str], step: int) -> Totals:
    """What the analysis says of that multiple of 1/1024."""
    return analysis_of(network, query(values | {"width": str(Decimal(step) / 1024)})).totals


def fitted(network: str, values: dict[str, str], budgets: dict[str, int], **choices: Any) -> Fit:
    net = NETWORKS[network]
    return fit(net, parse_choices(net, read_query(query(values), STATE_KEYS), Limits()), budgets, **choices)


def within(totals: Totals, budgets: dict[str, int]) -> dict[str, bool]:
    return {name: getattr(totals, name) <= most for name, most in budgets.items()}


@given(addresses(), STEPS, st.sets(st.sampled_from(NAMES), min_size=1), st.integers(-1, 1), st.lists(STEPS, max_size=3))
def test_what_is_found_fits_and_the_next_step_up_breaks_the_budgets_that_bind(
    address: tuple[str, dict[str, str]], step: int, names: set[str], more: int, others: list[int]
) -> None:
    network, values = address
    aim = at(network, values, step)
    budgets = {name: getattr(aim, name) + more for name in names}
    broken = {f"max_{name}" for name, fits in within(at(network, values, 256), budgets).items() if not fits}
    if broken:
        with pytest.raises(BadInput) as refused:
            fitted(network, values, budgets)
        assert {problem.field for problem in refused.value.problems} == broken
        return
    found = fitted(network, values, budgets)
    best = int(found.width * 1024)
    assert found.width * 1024 == best
    assert best >= step or more < 0
    assert all(within(at(network, values, best), budgets).values())
    if best < 4096:
        beyond = within(at(network, values, best + 1), budgets)
        assert set(found.binding) == {name for name, fits in beyond.items() if not fits}
        assert found.binding
    else:
        assert not found.binding
    for other in others:
        assert all(within(at(network, values, other), budgets).values()) == (other <= best)


def widths_of(found: Fit) -> dict[str, tuple[int, ...]]:
    """The stem's and the modules', as the fit chose them."""
    return {key: tuple(value) for key, value in found.choices.items() if isinstance(value, tuple) and key != "input"}


def test_modules_that_are_not_free_stay_as_the_state_has_them() -> None:
    values = {"4a.1x1": "100", "width": "0.5"}
    found = fitted("googlenet", values, {"params": 3_000_000}, free=["4b", "5b"])
    assert {key: widths for key, widths in widths_of(found).items() if key in ("stem", "3a", "4a")} == {
        "stem": (32, 32, 96),
        "3a": (32, 48, 64, 8, 16, 16),
        "4a": (100, 48, 104, 8, 24, 32),
    }
    assert set(widths_of(found)) == {"stem", "3a", "3b", "4a", "4c", "4d", "4e", "5a"}
    assert found.choices["width"] == str(Decimal(int(found.width * 1024)) / 1024)


@pytest.mark.parametrize("multiple", [8, 16])
def test_widths_in_multiples_are_the_nearest_to_those_of_the_multiplier(multiple: int) -> None:
    found = fitted("googlenet", {"4c.5x5": "7", "4d": "naive"}, {"macs": 700_000_000}, multiple=multiple)
    assert "width" not in found.choices
    plain = variant_of("googlenet", query({"4c.5x5": "7", "4d": "naive", "width": str(float(found.width))})).spec
    chosen = widths_of(found)
    for module in plain.modules:
        for column, (width, near) in enumerate(zip(chosen[module.name], module.widths, strict=True)):
            if (module.name, column) == ("4c", 4):
                assert width == 7
            else:
                assert width % multiple == 0
                assert bool(width) == bool(near)
                assert abs(width - near) <= multiple / 2 or width == multiple


def test_a_module_that_is_not_there_cannot_be_free() -> None:
    with pytest.raises(BadInput, match=r"free: modules of the variant: 3a, .*, received 4e"):
        fitted("googlenet", {"4e": "off"}, {"params": 5_000_000}, free=["4e"])


def test_a_budget_that_is_never_reached_binds_nothing() -> None:
    found = fitted("googlenet", {}, {"params": 10**18})
    assert found.width == 4
    assert not found.binding
