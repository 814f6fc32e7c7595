"""Sizes, paddings and receptive fields; where a size vanishes, the layer and the way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Problem, SizeVanishes
from app.network.analysis import analyse, assemble
from app.network.graph import links
from app.network.ops import AdaptiveAvgPool, AvgPool, Block, Concat, Conv, Flatten, Fork, Linear, MaxPool, ReLU
from app.network.places import Field, Place, Sides
from tests.examples import analysis_of, counted, layers_of, variant_of
from tests.strategies import addresses, query


def places(network: str, query: str = "") -> dict[str, Place]:
    return {path: layer.place for path, layer in layers_of(network, query).items()}


def last(block: Block, size: tuple[int, int] = (40, 40)) -> Place:
    return counted(block, (1, *size)).layers[-1].place


@pytest.mark.parametrize(
    ("network", "query", "side", "received", "layer", "size"),
    [
        ("torchvision", "input=14", 15, "14", "pool3", "1 × 1"),
        ("googlenet", "input=30", 31, "30", "pool4", "1 × 1"),
        ("googlenet", "rounding=floor&input=60", 61, "60", "pool4", "2 × 2"),
        ("googlenet", "input=1", 31, "1", "pool1", "1 × 1"),
        ("googlenet", "input=15x200", 31, "15x200", "pool4", "1 × 12"),
        ("googlenet", "input=200x15", 31, "200x15", "pool4", "12 × 1"),
        ("googlenet", "aux=on&input=46", 47, "46", "aux1.pool", "2 × 2"),
    ],
)
def test_a_size_that_vanishes_names_its_layer_and_the_smallest_input(
    network: str, query: str, side: int, received: str, layer: str, size: str
) -> None:
    with pytest.raises(SizeVanishes) as vanished:
        analysis_of(network, query)
    assert vanished.value.layer == layer
    least = f"height and width of at least {side}"
    assert str(vanished.value) == f"input: {least}, received {received}: at {layer} nothing is left of a {size} input"
    assert vanished.value.problems == (Problem("input", received, least),)


@pytest.mark.parametrize(
    ("network", "query"),
    [
        ("torchvision", "input=15"),
        ("googlenet", "input=31"),
        ("googlenet", "rounding=floor&input=61"),
        ("googlenet", "aux=on&input=47"),
        ("tf-slim", "input=1"),
    ],
)
def test_the_smallest_inputs_run(network: str, query: str) -> None:
    assert all(place.positions >= 1 for place in places(network, query).values())


@given(addresses(st.integers(1, 50)))
def test_the_smallest_input_that_is_named_fits_and_one_pixel_less_does_not(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    spec = variant_of(network, query(values)).spec
    try:
        analyse(spec)
    except SizeVanishes as vanished:
        side = int(vanished.problems[0].allowed.rpartition(" ")[2])
        assert min(spec.input[1:]) < side
        analyse(spec.model_copy(update={"input": (1, side, side)}))
        with pytest.raises(SizeVanishes):
            analyse(spec.model_copy(update={"input": (1, side - 1, side - 1)}))


def test_where_no_input_would_do_the_message_says_so() -> None:
    with pytest.raises(
        SizeVanishes, match="input: no input is large enough, received 9: at b nothing is left of a 2 × 2"
    ):
        last({"a": AdaptiveAvgPool((2, 2)), "b": Conv(1, (3, 3))}, (9, 9))


@pytest.mark.parametrize(
    ("network", "fields"),
    [
        (
            "googlenet",
            {"conv1": 7, "inception_3a": 59, "inception_3b": 91, "inception_4a": 171, "inception_4c": 299,
             "inception_4e": 427, "inception_5a": 587, "inception_5b": 715},
        ),
        ("googlenet-naive", {"inception_3a": 59, "inception_5b": 715}),
        ("separable-stem", {"conv1.depthwise": 7, "conv1.pointwise": 7, "inception_5b": 715}),
        ("torchvision", {"inception_5b": 379}),
        ("tf-slim", {"inception_5b": 379}),
    ],
)  # fmt: skip
def test_receptive_fields_are_the_published_ones(network: str, fields: dict[str, int]) -> None:
    found = places(network)
    for name, side in fields.items():
        place = found.get(name) or found[f"{name}.concat"]
        assert place.field.size == (side, side), name


def test_a_2_by_2_pool_4_sees_699_pixels() -> None:
    assert places("torchvision", "five=5x5")["inception_5b.concat"].field.size == (699, 699)


def test_through_1_by_1_branches_alone_5b_sees_75_pixels() -> None:
    pool, one = MaxPool((3, 3), (2, 2), rounding="ceil"), Conv(1, (1, 1))
    chain: Block = {
        "conv1": Conv(1, (7, 7), (2, 2), (3, 3)), "pool1": pool,
        "conv2": {"reduce": one, "conv": Conv(1, (3, 3), padding=(1, 1))}, "pool2": pool,
        "3": {"a": one, "b": one}, "pool3": pool,
        "4": {"a": one, "b": one, "c": one, "d": one, "e": one}, "pool4": pool,
        "5": {"a": one, "b": one},
    }  # fmt: skip
    assert last(chain, (224, 224)).field == Field((75, 75), (32, 32))


def test_a_merge_sees_what_any_of_its_branches_sees() -> None:
    split = Fork({"wide": Conv(1, (1, 3), padding=(0, 1)), "high": Conv(1, (5, 1), padding=(2, 0)), "same": {}})
    assert last({"split": split}).field.size == (5, 3)


def test_a_linear_layer_sees_the_whole_of_what_is_flattened() -> None:
    chain: Block = {"conv": Conv(1, (3, 3), (2, 2), (1, 1)), "flat": Flatten(), "fc": Linear(2)}
    seen = last(chain, (9, 13)).field.size
    assert seen == (3 + 4 * 2, 3 + 6 * 2)  # 5 × 7 windows of 3, 2 apart, two of them over the padding


@pytest.mark.parametrize("out", [(1, 1), (4, 4), (3, 5)])
def test_an_adaptive_pool_sees_its_widest_window(out: tuple[int, int]) -> None:
    place = last({"conv": Conv(1, (3, 3), (2, 2), (1, 1)), "pool": AdaptiveAvgPool(out)}, (28, 28))
    window = {1: 14, 3: 6, 4: 4, 5: 4}  # of 14; torchvision's aux pool averages [0, 4) [3, 7) [7, 11) [10, 14)
    assert place.size == out
    assert place.field.size == (3 + (window[out[0]] - 1) * 2, 3 + (window[out[1]] - 1) * 2)


@given(st.integers(1, 300), st.integers(1, 300))
def test_same_padding_halves_rounding_up(height: int, width: int) -> None:
    found = places("tf-slim", f"input={height}x{width}")
    size = height, width
    for path in ("conv1", "pool1", "pool2", "pool3", "pool4"):
        size = -(-size[0] // 2), -(-size[1] // 2)
        assert found[path].size == size


@pytest.mark.parametrize(("out", "jump"), [((1, 1), (56, 56)), ((2, 7), (28, 8)), ((14, 28), (4, 4))])
def test_an_adaptive_pools_windows_stand_apart_by_their_side(out: tuple[int, int], jump: tuple[int, int]) -> None:
    place = last({"conv": Conv(1, (2, 2), (4, 4)), "pool": AdaptiveAvgPool(out)}, (56, 56))
    assert place.field.jump == jump  # 14 × 14 windows of pixels 4 apart; where there are more outputs, one a pixel


def test_same_padding_puts_the_odd_zero_after() -> None:
    sides = places("tf-slim")["conv1"].sides
    assert sides == Sides(2, 3, 2, 3)  # 224 → 112 with a 7×7: 5 zeros


def test_a_window_may_differ_by_side_and_by_direction() -> None:
    conv = Conv(1, (3, 5), (2, 1), ((1, 0), (4, 2)), (1, 2))
    place = last({"conv": conv}, (10, 20))
    assert (place.size, place.sides) == ((5, 18), Sides(1, 0, 4, 2))
    assert place.field == Field((3, 9), (2, 1))


def test_a_window_cannot_slide_over_what_is_flat() -> None:
    for window in (Conv(1, (1, 1)), AvgPool((1, 1), (1, 1)), AdaptiveAvgPool((1, 1))):
        with pytest.raises(ValueError, match="flat"):
            last({"flat": Flatten(), "window": window})


def test_a_merge_of_flat_inputs_is_flat() -> None:
    fork = Fork({"a": {"flat": Flatten(), "fc": Linear(3)}, "b": {"flat": Flatten(), "act": ReLU()}}, Concat())
    assert last({"fork": fork}).size is None


def test_a_part_of_a_network_goes_on_from_what_its_input_sees() -> None:
    whole = layers_of("googlenet")
    module = [layer for layer in whole.values() if layer.node.module == "3a"]
    link = next(link for link in links(variant_of().spec.skeleton) if link.graph[0].module == "3a")
    part = assemble((link,), (192, 28, 28), variant_of().spec.numbers, whole["pool2"].place.field)
    assert list(part.layers) == module
