"""Prices of one more channel, against the variants that have it, each counted on its own."""

from hypothesis import given

from app.network.analysis import analyse
from app.network.sensitivity import sensitivity
from app.network.spec import COLUMNS, Module
from tests.examples import variant_of
from tests.published import WIDTHS
from tests.strategies import addresses, query


@given(addresses())
def test_each_price_is_the_difference_to_the_variant_with_that_column_one_wider(
    address: tuple[str, dict[str, str]],
) -> None:
    network, values = address
    spec = variant_of(network, query(values)).spec
    now = analyse(spec).totals
    most = max((width for module in spec.modules for width in module.widths), default=0)
    prices = iter(sensitivity(spec, most))
    for place, module in enumerate(spec.modules):
        for at, column in enumerate(COLUMNS):
            if not 0 < module.widths[at] < most:
                continue
            wider = module.widths._replace(**{module.widths._fields[at]: module.widths[at] + 1})
            modules = [*spec.modules[:place], Module(module.name, wider), *spec.modules[place + 1 :]]
            then = analyse(spec.model_copy(update={"modules": tuple(modules)})).totals
            price = next(prices)
            assert (price.module, price.column) == (module.name, column)
            assert (price.params, price.macs) == (then.params - now.params, then.macs - now.macs)
    assert next(prices, None) is None


def test_a_filter_more_in_3a_costs_its_own_weights_and_those_of_all_who_read_it() -> None:
    """By hand: 192 weights and a bias in 3a at 28 × 28; a weight in each of 3b's four 1×1 convolutions."""
    readers = WIDTHS["3b"][0] + WIDTHS["3b"][1] + WIDTHS["3b"][3] + WIDTHS["3b"][5]
    price = sensitivity(variant_of().spec, 4096)[0]
    assert (price.module, price.column) == ("3a", "1x1")
    assert (price.params, price.macs) == (192 + 1 + readers, (192 + readers) * 28 * 28)
