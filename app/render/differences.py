"""What two descriptions say differently, and why: one line for each field, from the descriptions alone."""

from collections.abc import Iterator

from app.network.record import record
from app.network.spec import Realisation, Spec, Widths
from app.network.variant import Variant, own_widths
from app.render.cells import times
from app.words import Phrase, phrase, say

FIVES = {"5x5": phrase("one 5×5"), "3x3": phrase("one 3×3"), "3x3x2": phrase("two 3×3")}
HEADS = {"gap": phrase("global average pooling"), "flatten": phrase("flatten, then fully connected")}
POOLS = {"ceil": phrase("rounded up"), "floor": phrase("rounded down")}
CONV1 = {"dense": phrase("dense 7×7"), "separable": phrase("depthwise 7×7 with multiplier 8, then 1×1")}
CLASSIFIERS = {"linear": phrase("fully connected"), "conv": phrase("1×1 convolution with bias")}
KINDS = {"reduced": phrase("reduced"), "naive": phrase("naive")}
NOTHING = phrase("left out")
CHANGES_NO_COUNT = phrase("It acts when the network runs and changes no count.")
COLUMNS = phrase("Channels in the order of Table 1: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool proj.")
STEM = phrase("Channels of conv1, conv2.reduce and conv2.conv.")
CLASSES = phrase("Only the classifiers depend on it, a weight for each class and feature.")
NO_EPS = phrase("It keeps a division from failing and changes no count.")
SMALLER_HEAD = phrase(
    "Pooling leaves one number a channel, so the classifier does not depend on the input’s size; behind a flatten it "
    "has a weight for every position too. At 7 × 7 that is 1,024,000 weights against 50,176,000."
)


@record
class Difference:
    """One field that both sides settle in their own way."""

    field: str
    """As an address or the description calls it."""
    label: str
    left: str
    right: str
    reason: str
    """What it means, in a sentence or two; empty where the numbers say it all."""


def differences(left: Variant, right: Variant) -> tuple[Difference, ...]:
    """Every field of two descriptions that differs, in the order in which a network runs."""
    one, other = left.spec, right.spec
    found = (*_input(one, other), *_stem(left, right), *_modules(left, right), *_layers(one, other), *_head(one, other))
    return tuple(each for each in found if each.left != each.right)


def _line(field: str, label: str, left: object, right: object, reason: str = "") -> Difference:
    before, after = (say(each) if isinstance(each, Phrase) else str(each) for each in (left, right))
    return Difference(field, label, before, after, reason)


def _input(left: Spec, right: Spec) -> Iterator[Difference]:
    yield _line(
        "input",
        say("Input, C × H × W"),
        times(left.input),
        times(right.input),
        say("Every size follows from it. Multiply-adds grow with the area, the weights of a convolution do not."),
    )


def _stem(left: Variant, right: Variant) -> Iterator[Difference]:
    one, other = left.spec, right.spec
    yield _line(
        "width",
        say("Width"),
        say("× {factor}", factor=one.follow.width),
        say("× {factor}", factor=other.follow.width),
        say(
            "It multiplies every width of stem and modules that is not set on its own; costs grow about as its square."
        ),
    )
    if one.follow.width == other.follow.width or "stem" in (left.choices | right.choices):
        yield _line("stem", say("Stem widths"), _listed(one.stem), _listed(other.stem), say(STEM))
    yield _line(
        "conv1",
        say("First convolution"),
        CONV1[one.realisation.conv1],
        CONV1[other.realisation.conv1],
        say(
            "The separable one has 2,712 weights and 34.0 M multiply-adds, as the 2.7K and 34M of the paper’s Table 1 "
            "say; a dense one has 9,408 and 118 M. That the authors used it is an inference."
        ),
    )


def _listed(widths: tuple[int, ...]) -> str:
    return ", ".join(map(str, widths))


def _modules(left: Variant, right: Variant) -> Iterator[Difference]:
    yield _line(
        "modules",
        say("Modules"),
        KINDS[left.spec.follow.modules],
        KINDS[right.spec.follow.modules],
        say(
            "A reduced module puts 1×1 convolutions before its 3×3 and 5×5 and after its pool; a naive one has none, "
            "and its pool passes every channel on, so that the next module reads more."
        ),
    )
    mine, theirs = _own(left), _own(right)
    for name in sorted(mine.keys() | theirs.keys()):
        yield _line(name, say("Module {name}", name=name), _said(left, name), _said(right, name), say(COLUMNS))


def _own(side: Variant) -> dict[str, Widths | None]:
    """The modules whose widths do not follow the whole network."""
    widths = {module.name: module.widths for module in side.spec.modules}
    names = [*widths, *(name for name in side.choices if side.choices[name] == "off")]
    return {name: widths.get(name) for name in names if widths.get(name) != own_widths(side, name)}


def _said(side: Variant, name: str) -> str:
    widths = next((module.widths for module in side.spec.modules if module.name == name), None)
    if widths is None:
        return say(NOTHING)
    if widths.kind == "naive":
        return say("naive: {widths}", widths=_listed(widths[::2][:3]))
    return _listed(widths)


def _layers(left: Spec, right: Spec) -> Iterator[Difference]:
    one, other = left.realisation, right.realisation
    yield _line("norm", say("Normalisation"), _norm(left), _norm(right), _norm_reason(left, right))
    if left.norm == right.norm == "batch":
        yield _line("batch_norm_eps", say("Batch norm’s ε"), one.batch_norm_eps, other.batch_norm_eps, say(NO_EPS))
    yield _line("five", say("5×5 branch"), FIVES[left.five], FIVES[right.five], _five_reason(left, right))
    yield _line(
        "padding",
        say("Padding"),
        _padding(left),
        _padding(right),
        say(
            "SAME gives ⌈n/s⌉: from 224 the sizes 112, 56, 28, 14, 7, as pools that round up give them; "
            "the windows stand elsewhere at the borders."
        ),
    )
    if "same" not in (one.padding, other.padding):
        yield _line(
            "rounding",
            say("Pools"),
            POOLS[left.rounding],
            POOLS[right.rounding],
            say("From 224, rounding up gives 112, 56, 28, 14, 7; rounding down gives 112, 55, 27, 13, 6."),
        )
    yield _line(
        "pool4",
        say("Pool before 5a"),
        f"{one.pool4}×{one.pool4}",
        f"{other.pool4}×{other.pool4}",
        say("At 14 × 14 both leave 7 × 7. Windows of 2×2 do not overlap, so what follows sees a little less."),
    )


def _norm(spec: Spec) -> Phrase:
    if spec.norm == "lrn":
        return phrase("LRN, and biases")
    if spec.norm == "none":
        return phrase("none, and biases")
    if spec.realisation.batch_norm_scale:
        return phrase("batch norm, no biases")
    return phrase("batch norm without γ, no biases")


def _norm_reason(left: Spec, right: Spec) -> str:
    norms = {left.norm, right.norm}
    if norms == {"batch"}:
        return say("A ReLU and a convolution follow, and a scale before them can go into the convolution’s weights.")
    if "batch" in norms:
        return say(
            "Batch norm subtracts the mean, so a bias before it does nothing: its β takes the bias’s place. With γ "
            "that is two parameters a channel, without γ one. It came in 2015, after the paper."
        )
    return say("LRN divides by what neighbouring channels say. It has no parameters and no multiply-adds.")


def _five_reason(left: Spec, right: Spec) -> str:
    match {left.five, right.five}:
        case fives if fives == {"5x5", "3x3"}:
            return say(
                "9 weights for each pair of channels in place of 25. The paper prints 5×5; TF-slim wrote 3×3, and "
                "torchvision took it over (pytorch/vision#906)."
            )
        case fives if fives == {"5x5", "3x3x2"}:
            return say("Two 3×3 see as far as one 5×5. With equal widths they have 18 weights in place of 25.")
        case _:
            return say("The second 3×3 doubles the weights, and sees as far as the paper’s 5×5.")


def _padding(spec: Spec) -> Phrase:
    if spec.realisation.padding == "same":
        return phrase("SAME, as TensorFlow pads")
    return phrase("as printed, the same on each side")


def _head(left: Spec, right: Spec) -> Iterator[Difference]:
    one, other = left.realisation, right.realisation
    yield _line("head", say("Head"), HEADS[left.head], HEADS[right.head], say(SMALLER_HEAD))
    yield _line("dropout", say("Dropout at the end"), one.dropout, other.dropout, say(CHANGES_NO_COUNT))
    yield _line(
        "classifier",
        say("Classifier"),
        CLASSIFIERS[one.classifier],
        CLASSIFIERS[other.classifier],
        say("Over one position the two are the same arithmetic, with the same count."),
    )
    yield _line("classes", say("Classes"), f"{left.classes:,}", f"{right.classes:,}", say(CLASSES))
    yield _line(
        "aux",
        say("Auxiliary heads"),
        _aux(left),
        _aux(right),
        say("They serve training only and are left out afterwards."),
    )
    if left.aux_heads and right.aux_heads:
        yield _aux_pool(one, other)


def _aux(spec: Spec) -> str:
    return ", ".join(spec.aux_heads) or say("off")


def _aux_pool(one: Realisation, other: Realisation) -> Difference:
    said = {"5x5/3": phrase("average 5×5 / 3"), "adaptive 4x4": phrase("adaptive to 4 × 4")}
    return _line(
        "aux_pool",
        say("Pool of the auxiliary heads"),
        said[one.aux_pool],
        said[other.aux_pool],
        say("At 14 × 14 both give 4 × 4, from different windows."),
    )
