"""The network that is trained while one waits: real digits, exact maps, and answers that are mostly right."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from app.render.story import tiny


@pytest.mark.parametrize("at", [0, 9, 39])
def test_a_score_is_the_mean_of_its_map(at: int) -> None:
    seen = tiny.seen(at)
    assert np.mean(seen.maps, axis=(1, 2)) == pytest.approx(seen.logits, abs=1e-5)


@pytest.mark.parametrize("at", [0, 1, 7, 359])
def test_the_digits_are_scikit_learns(at: int) -> None:
    theirs = load_digits()
    seen = tiny.seen(at)
    assert seen.label == theirs.target[at * tiny.KEPT_APART]
    assert np.asarray(seen.pixels) * 16 == pytest.approx(theirs.images[at * tiny.KEPT_APART])


def test_it_names_most_digits_rightly_that_it_was_not_trained_on() -> None:
    assert tiny.kept_apart() == len(load_digits().target[:: tiny.KEPT_APART])
    named = [int(np.argmax(tiny.seen(at).logits)) == tiny.seen(at).label for at in range(tiny.kept_apart())]
    assert tiny.accuracy() == pytest.approx(np.mean(named))
    assert 0.9 < tiny.accuracy() < 1
