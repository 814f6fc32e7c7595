"""Numbers and shapes as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.render.cells import THIN, one_or_two, short, signed, times, window
from app.render.rows import Row
from tests.examples import report_of

UNITS = {"G": 1e9, "M": 1e6, "K": 1e3}


def row(network: str, path: str) -> Row:
    return next(row for row in report_of(network).layers if row.path == path)


@given(st.one_of(st.integers(-(10**13), 10**13), st.floats(1e-3, 1e13)))
def test_a_short_number_is_right_to_three_digits(number: float) -> None:
    digits, _, unit = short(number).partition(THIN)
    shown = float(digits.replace(",", "")) * UNITS.get(unit, 1)
    assert abs(shown - number) <= 0.005001 * abs(number)
    assert sum(digit.isdigit() for digit in digits.lstrip("-0.")) <= 3 or unit == "G"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (1000, "1.00 K"),
        (9_994, "9.99 K"),
        (9_996, "10.0 K"),
        (99_960, "100 K"),
        (999_499, "999 K"),
        (999_500, "1.00 M"),
        (6_998_552, "7.00 M"),
        (6_868_552, "6.87 M"),
        (1_582_671_872, "1.58 G"),
        (0.25, "0.25"),
        (-130_048, "-130 K"),
    ],
)
def test_short_numbers_by_hand(number: float, text: str) -> None:
    assert short(number) == text.replace(" ", THIN)


@given(st.integers(-(10**15), 10**15))
def test_a_signed_number_reads_back_with_its_true_minus(number: int) -> None:
    text = signed(number)
    assert int(text.replace("−", "-").replace(",", "")) == number
    assert text[0] == ("+" if number > 0 else "−" if number < 0 else "0")


def test_signed_numbers_by_hand() -> None:
    assert [signed(number) for number in (18_816, -130_048, 0)] == ["+18,816", "−130,048", "0"]


def test_shapes_and_pairs() -> None:
    assert times((64, 112, 112)) == "64 × 112 × 112"
    assert times((1000,)) == "1000"
    assert [one_or_two(pair) for pair in ((2, 2), (2, 1))] == ["2", "2×1"]


@pytest.mark.parametrize(
    ("network", "path", "text"),
    [
        ("googlenet", "inception_3a.five.conv", "5×5 · 1 · 2"),
        ("googlenet", "conv1", "7×7 · 2 · 3"),
        ("googlenet", "head.pool", "7×7 · 1 · 0"),
        ("tf-slim", "conv1", "7×7 · 2 · same"),
        ("googlenet", "lrn1", ""),
        ("torchvision", "aux1.pool", ""),
    ],
)
def test_a_window_is_its_kernel_stride_and_padding(network: str, path: str, text: str) -> None:
    assert window(row(network, path)) == text
