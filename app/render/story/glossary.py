"""The terms of the story, in both languages, each with a sentence."""

from app.network.record import record
from app.words import Phrase, catalogue, phrase, say


@record
class Entry:
    english: str
    chinese: str
    meaning: str
    """In the language of the request."""


GLOSSARY: tuple[tuple[Phrase, Phrase], ...] = (
    (phrase("convolution"), phrase("slides a window of weights over a map and adds up the products.")),
    (phrase("kernel"), phrase("the window of a convolution, as wide and high as it looks.")),
    (phrase("filter"), phrase("the weights that make one output channel: a kernel for every input channel.")),
    (phrase("channel"), phrase("one map of a tensor; its number is the depth of the tensor.")),
    (phrase("width"), phrase("how many channels a convolution gives.")),
    (phrase("feature map"), phrase("what a filter answers at every place.")),
    (phrase("stride"), phrase("how far the window moves at a time.")),
    (phrase("padding"), phrase("zeros around a map, so that windows fit at its edges.")),
    (phrase("pooling"), phrase("passes on the largest or the mean of a window, channel by channel.")),
    (phrase("global average pooling"), phrase("the mean of a whole map: one number for each channel.")),
    (phrase("fully connected layer"), phrase("every output reads every input.")),
    (phrase("multiply-add"), phrase("a product and its addition; two floating-point operations.")),
    (phrase("parameter"), phrase("a number that training sets: weights, biases, γ and β.")),
    (phrase("receptive field"), phrase("the part of the image that an output can see.")),
    (phrase("Inception module"), phrase("branches over the same input, stacked along depth.")),
    (phrase("naive module"), phrase("one without 1×1 reductions.")),
    (phrase("dimension reduction"), phrase("a 1×1 convolution to fewer channels before a large kernel.")),
    (phrase("auxiliary classifier"), phrase("a side exit with a loss of its own, for training only.")),
    (phrase("vanishing gradient"), phrase("a gradient that shrinks from layer to layer on its way back.")),
    (phrase("batch normalisation"), phrase("scales each channel by its mean and variance over a batch.")),
    (phrase("local response normalisation"), phrase("divides each value by the strength of its neighbours.")),
    (phrase("dropout"), phrase("sets random values to zero while training.")),
    (phrase("ensemble"), phrase("several networks whose answers are averaged.")),
    (phrase("crop"), phrase("a cut-out of an image; answers over several are averaged.")),
    (phrase("top-5 error"), phrase("how often the right label is not among five guesses.")),
    (phrase("class activation map"), phrase("the score of a class at every place of the last map.")),
    (phrase("overfitting"), phrase("learning the training examples rather than what they have in common.")),
    (phrase("depthwise separable convolution"), phrase("a convolution of each channel alone, then a 1×1.")),
)
"""Terms, and what each means."""


def entries() -> tuple[Entry, ...]:
    """The glossary, terms in both languages."""
    chinese = catalogue("zh")
    return tuple(Entry(term.template, chinese.get(term.template, ""), say(meaning)) for term, meaning in GLOSSARY)
