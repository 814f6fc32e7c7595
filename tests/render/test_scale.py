"""Scales and numbers in full, for any range."""

from hypothesis import given
from hypothesis import strategies as st

from app.render.scale import in_full, scale
from app.web.pages.space_read import amount

COUNT = st.one_of(st.integers(0, 3000), st.integers(0, 2**53))


@given(COUNT, COUNT)
def test_a_scale_has_room_for_its_range_and_ticks_between_its_ends(one: int, other: int) -> None:
    least, most = sorted((one, other))
    found = scale(least, most)
    assert 0 <= found.low <= least <= most < found.high
    assert all(found.low <= value <= found.high for value, _ in found.ticks)
    assert 2 <= len(found.ticks) <= 16
    steps = {b - a for (a, _), (b, _) in zip(found.ticks, found.ticks[1:], strict=False)}
    assert len(steps) == 1
    assert all(amount(text) == value for value, text in found.ticks if value < 10**12)


@given(COUNT, COUNT, st.floats(0, 1))
def test_a_slider_on_a_scale_reaches_both_ends_and_stands_on_its_steps(one: int, other: int, share: float) -> None:
    found = scale(*sorted((one, other)))
    assert (found.high - found.low) % found.step == found.low % found.step == 0
    at = found.low + round(share * (found.high - found.low) / found.step) * found.step
    assert amount(f"{found.plain(at)} {found.letter}") == at


@given(st.integers(0, 10**18))
def test_a_number_in_full_is_read_as_itself(value: int) -> None:
    assert amount(in_full(value)) == value


def test_numbers_in_full_are_as_short_as_can_be() -> None:
    numbers = [1_200_000_000, 6_500_000, 1_234_567, 850, 0, 100_000_000, 12_000]
    assert [in_full(each).replace("\u202f", " ") for each in numbers] == [
        "1.20 G", "6.50 M", "1.234567 M", "850", "0", "100 M", "12.0 K",
    ]  # fmt: skip
