"""Every formula, evaluated as it is printed, gives the number it claims."""

import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.network import laws
from app.network.ops import Rounding, Windowed
from app.render.derivation import size
from app.render.reason import reason
from tests.examples import layers_of, report_of
from tests.strategies import addresses, query

PYTHON = {ord(sign): code for sign, code in zip("⌊⌋⌈⌉·×−", ("floor(", ")", "ceil(", ")", "*", "*", "-"), strict=True)}


def evaluated(formula: str) -> tuple[Fraction, Fraction]:
    """Both sides of a printed formula: the left one worked out exactly, the right one read."""
    left, _, right = formula.partition(" = ")
    assert re.fullmatch(r"[0-9 ()+/⌊⌋⌈⌉·×−]+", left), left
    code = re.sub(r"[0-9]+", r"F(\g<0>)", left.translate(PYTHON))
    value = eval(code, {"F": Fraction, "floor": math.floor, "ceil": math.ceil})
    return Fraction(value), Fraction(right.replace(",", ""))


@given(addresses())
def test_each_formula_of_a_variant_gives_its_row(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    for row in report_of(network, query(values)).layers:
        claims = [(row.formula.params, row.params), (row.formula.macs, row.macs)]
        if row.kernel:
            claims += [(row.formula.height, row.out_shape[1]), (row.formula.width, row.out_shape[2])]
        for text, value in claims:
            assert (text is None) == (value == 0), row.path
            assert text is None or evaluated(text) == (Fraction(value), Fraction(value)), row.path


@given(addresses())
def test_a_window_sees_what_its_input_sees_and_as_much_as_it_reaches(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    layers = layers_of(network, query(values))
    for layer in layers.values():
        why = reason(layer).field
        high, wide = layer.place.field.size
        assert (why is not None) == (isinstance(layer.node.op, Windowed) and high == wide), layer.node.path
        if why:
            text = " ".join(term.text for term in why.terms)
            assert set(evaluated(f"{text} = {why.result}")) == {high}
            (source,) = layer.node.inputs
            assert int(why.terms[0].text) == (layers[source].place.field.size[0] if source in layers else 1)


@given(addresses())
def test_only_windows_have_size_formulas(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    for row in report_of(network, query(values)).layers:
        assert (row.formula.height is None) == (row.formula.width is None) == (row.kernel is None), row.path


@given(
    st.integers(1, 300),
    st.integers(1, 9),
    st.integers(1, 4),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(1, 3),
    st.sampled_from(("floor", "ceil")),
)
def test_a_size_formula_gives_the_size(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int, rounding: Rounding
) -> None:
    out = laws.output_size(n, kernel, stride, before, after, dilation, rounding)
    if out >= 1:
        assert evaluated(size(n, kernel, stride, before, after, dilation, rounding)) == (Fraction(out), Fraction(out))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (size(28, 5, 1, 2, 2), "⌊(28 − 5 + 2·2)/1⌋ + 1 = 28"),
        (size(112, 3, 2, 0, 0, 1, "ceil"), "⌈(112 − 3 + 2·0)/2⌉ + 1 = 56"),
        (size(224, 7, 2, 2, 3), "⌊(224 − 7 + 2 + 3)/2⌋ + 1 = 112"),
        (size(30, 3, 1, 1, 1, 2), "⌊(30 + 2·1 − 2·(3 − 1) − 1)/1⌋ + 1 = 28"),
        # the fourth window would start at 6, in the padding after an input of 5
        (size(5, 2, 2, 1, 1, 1, "ceil"), "⌈(5 − 2 + 2·1)/2⌉ + 1 − 1 = 3"),
    ],
)
def test_a_size_formula_reads_as_people_write_it(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("network", "path", "params", "macs"),
    [
        ("googlenet", "conv1", "7·7·3·64 + 64 = 9,472", "7·7·3·64 × 112·112 = 118,013,952"),
        ("googlenet", "inception_3a.five.conv", "5·5·16·32 + 32 = 12,832", "5·5·16·32 × 28·28 = 10,035,200"),
        ("googlenet", "head.linear", "1024·1000 + 1000 = 1,025,000", "1024·1000 = 1,024,000"),
        ("googlenet", "pool1", None, None),
        ("torchvision", "conv1", "7·7·3·64 = 9,408", "7·7·3·64 × 112·112 = 118,013,952"),
        ("torchvision", "conv1_bn", "2·64 = 128", None),
        ("tf-slim", "conv1_bn", "1·64 = 64", None),
        ("separable-stem", "conv1.depthwise", "7·7·(3/3)·24 = 1,176", "7·7·(3/3)·24 × 112·112 = 14,751,744"),
    ],
)
def test_counts_read_as_people_write_them(network: str, path: str, params: str | None, macs: str | None) -> None:
    rows = {row.path: row for row in report_of(network).layers}
    assert (rows[path].formula.params, rows[path].formula.macs) == (params, macs)


def test_same_padding_reads_as_a_quotient_rounded_up() -> None:
    rows = {row.path: row for row in report_of("tf-slim", "input=225x224").layers}
    assert (rows["conv1"].formula.height, rows["conv1"].formula.width) == ("⌈225/2⌉ = 113", "⌈224/2⌉ = 112")


def test_the_global_pool_is_one_window() -> None:
    rows = {row.path: row for row in report_of("googlenet").layers}
    assert rows["head.pool"].formula.height == "⌊(7 − 7 + 2·0)/1⌋ + 1 = 1"
