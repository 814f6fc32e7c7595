"""Numbers as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.pages.learn_answer import read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("416", 416), ("12,443,648", 12_443_648), ("12 443 648", 12_443_648), ("12.4 M", 12.4e6), ("12.4m", 12.4e6),
        ("154,8", 154.8), ("1.2e7", 1.2e7), ("1244 万", 12_440_000), ("０．９", 0.9), ("１２，４４３", 12_443),
        ("~ 9.7×", 9.7), ("9.7x", 9.7), ("72 %", 72), ("1.6 billion", 1.6e9), ("≈1.6 G", 1.6e9), (".5", 0.5),
        ("1'024", 1024), ("1\u202f024", 1024), ("1,024.5", 1024.5), ("3e-7", 3e-7), ("16 亿。", 1.6e9), ("7.", 7),
    ],
)  # fmt: skip
def test_people_write_numbers_in_many_ways(text: str, value: float) -> None:
    assert read_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["", "x", "1.2.3", "1,2,3", "1e", "e5", "5 5a", "-3", "1e999", "12 apples", "½", "0x10"]
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert read_number(text) is None


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_finite_number_or_none(text: str) -> None:
    value = read_number(text)
    assert value is None or math.isfinite(value)


@given(st.floats(0, 1e15))
def test_a_number_as_python_writes_it_is_read_back(value: float) -> None:
    assert read_number(repr(value)) == pytest.approx(value)
    assert read_number(f"{value:,.3f}") == pytest.approx(value, abs=1e-3)
