"""Chapter: global average pooling, and the maps that come free with it."""

from functools import cache

from app.network.analysis import Analysis, Layer
from app.network.literature import fact
from app.network.record import record
from app.network.spec import Shape
from app.render.cells import times
from app.render.story import tiny
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values
from app.render.story.connected import Connected, connected, linear
from app.render.story.paper import published
from app.words import phrase, say

CELL = 22
"""Pixels of a place."""
DIGITS = 40
"""How many the slider offers."""
BAR = 120
"""Pixels of the longest bar."""


@record
class Spot:
    """One place of the map: a square whose area is how much it says."""

    x: float
    y: float
    side: float
    against: bool


@record
class Score:
    """A class, and the mean of its map."""

    name: int
    text: str
    start: float
    width: float
    current: bool
    best: bool


@record
class Picture:
    connected: tuple[Connected, ...]
    cells: tuple[tuple[int, int, str], ...]
    """Of the digit: x, y, and how dark."""
    spots: tuple[Spot, ...]
    scores: tuple[Score, ...]
    cell: int
    size: int
    number: int
    label: int
    asked: int


def _weights(layer: Layer) -> int:
    return layer.params - layer.channels


@cache
def _flat(scale: int = 1) -> int:
    """Weights of the linear layer where the last map is flattened; `scale` times as large an image."""
    channels, high, wide = published()[1].input
    shape: Shape = (channels, scale * high, scale * wide)
    return _weights(linear(published(head="flatten", input=shape)[1]))


def _averaged() -> int:
    return _weights(linear(published()[1]))


def _before(analysis: Analysis) -> tuple[int, ...]:
    """Shape of the last map."""
    return next(layer for layer in analysis.layers if layer.node.path == "inception_5b.concat").out_shape


def _asked(chosen: Chosen) -> tuple[tiny.Seen, int]:
    return tiny.seen(chosen.whole("digit") - 1), chosen.whole("class")


def _values(chosen: Chosen) -> Values:
    _, analysis = published()
    shown, asked = _asked(chosen)
    channels, high, wide = _before(analysis)
    last = linear(analysis)
    best = max(range(tiny.CLASSES), key=lambda name: shown.logits[name])
    shares = {each.path: each.share for each in connected()}
    return {
        **{name: shares[name] for name in ("alexnet", "vgg")},
        "share": shares["gap"],
        "map": times((high, wide)),
        "places": high * wide,
        "channels": f"{channels:,}",
        "classes": f"{last.channels:,}",
        "weights": f"{_averaged():,}",
        "flat": f"{_flat():,}",
        "rest": f"{_flat() / (analysis.totals.params - last.params):.1f}",
        "gain": fact("pooling_gain"),
        "dropout": fact("dropout"),
        "filters": tiny.FILTERS,
        "kernel": times((tiny.KERNEL, tiny.KERNEL)),
        "right": f"{100 * tiny.accuracy():.1f}",
        "apart": tiny.kept_apart(),
        "tiny_places": tiny.SIDE**2,
        "label": shown.label,
        "best": best,
        "class": asked,
        "score": _two(shown.logits[asked]),
        "large": f"{_flat(2):,}",
        "large_map": times((2 * high, 2 * wide)),
    }


def _draw(chosen: Chosen) -> Drawn:
    shown, asked = _asked(chosen)
    names = range(tiny.CLASSES)
    rows = tuple((str(at + 1), *(_two(value) for value in row)) for at, row in enumerate(shown.maps[asked]))
    return Drawn(
        Picture(
            connected(),
            tuple(
                (x * CELL, y * CELL, f"{pixel:.3g}")
                for y, row in enumerate(shown.pixels)
                for x, pixel in enumerate(row)
                if pixel
            ),
            _spots(shown.maps[asked]),
            tuple(_score(shown.logits, name, asked) for name in names),
            CELL,
            CELL * tiny.SIDE,
            chosen.whole("digit"),
            shown.label,
            asked,
        ),
        say(
            "Not GoogLeNet, of which this program has no trained weights: {filters} fixed filters of {kernel} and a "
            "linear layer fitted to scikit-learn’s digits by ridge regression; this digit was kept apart.",
            filters=tiny.FILTERS,
            kernel=times((tiny.KERNEL, tiny.KERNEL)),
        ),
        Table(
            say("Score of class {name} at every place; their mean is {mean}", name=asked,
                mean=f"{shown.logits[asked]:.3f}".replace("-", "−")),
            (say("Row"), *(str(at + 1) for at in range(tiny.SIDE))),
            rows,
        ),
    )  # fmt: skip


def _spots(plane: tuple[tuple[float, ...], ...]) -> tuple[Spot, ...]:
    most = max(abs(value) for row in plane for value in row)
    found = []
    for y, row in enumerate(plane):
        for x, value in enumerate(row):
            side = (CELL - 2) * (abs(value) / most) ** 0.5
            if side > 0.5:
                inset = (CELL - side) / 2
                found.append(Spot(round(x * CELL + inset, 1), round(y * CELL + inset, 1), round(side, 1), value < 0))
    return tuple(found)


def _score(logits: tuple[float, ...], name: int, asked: int) -> Score:
    low, high = min(0.0, *logits), max(logits)
    scale = BAR / (high - low)
    value = logits[name]
    return Score(
        name,
        _two(value),
        round((min(value, 0) - low) * scale, 1),
        round(abs(value) * scale, 1),
        name == asked,
        value == high,
    )


def _two(value: float) -> str:
    """With two decimals, a true minus, and no minus before nothing."""
    return f"{value:z.2f}".replace("-", "−")


def _sets(digit: int, name: int) -> dict[str, str]:
    return {"digit": str(digit), "class": str(name)}


CHAPTER = Chapter(
    slug="average",
    title=phrase("Averaging instead of connecting"),
    question=phrase("Where did all the parameters of the fully connected layers go?"),
    steps=(
        Step(
            phrase(
                "AlexNet, the winner of two years before, kept [{alexnet} %](alexnet) of its parameters in fully "
                "connected layers, VGG-16 keeps [{vgg} %](vgg) there. GoogLeNet’s last map, {map} with {channels} "
                "channels, is averaged to one number for each channel, and a single linear layer makes {classes} "
                "classes of them: {weights} weights, [{share} %](gap) of the whole. [Flattened](flatten), the same map "
                "would need {flat}, {rest} times all the rest of the network."
            ),
            _sets(10, 3),
        ),
        Step(
            phrase(
                "Network in Network had averaged first: a map for each class, straight into the softmax, so nothing "
                "was left there to overfit. GoogLeNet keeps a linear layer for convenience, to fine-tune the network "
                "for other labels. Averaging in place of fully connected layers improved top-1 by about {gain} %, the "
                "paper says, and dropout, of {dropout} %, remained essential. And an average takes maps of any size, "
                "so images may have any size, too."
            ),
            _sets(10, 3),
        ),
        Step(
            phrase(
                "Something comes free. To average and then to weigh is the same as to weigh and then to average: the "
                "score of a class is the mean of {places} scores, one for each place of the map. Draw them and you see "
                "[where the network sees](map) what it names. Zhou and others called these class activation maps, and "
                "found things in pictures with them without ever being shown a box."
            ),
            _sets(10, 3),
        ),
        Step(
            phrase(
                "Here is a network that is small enough to be trained when it is first asked for: {filters} filters of "
                "{kernel} cut from [handwritten digits](digit), a ReLU, an average, a linear layer. It names {right} % "
                "of {apart} digits rightly that it was not trained on. Filled squares speak for the class, hollow ones "
                "against; the mean of the {tiny_places} squares for {class} is [{score}](score), exactly what the "
                "network answers."
            ),
            _sets(10, 3),
        ),
        Step(
            phrase(
                "Ask for another class and [the squares](map) turn over: the strokes that speak for one digit speak "
                "against its neighbour. This digit is a {label}, and {best} has [the highest score](score). Walk on to "
                "digits that it gets wrong, and the map shows which stroke misled it. What such a map shows is where a "
                "score comes from; whether that is a good reason it does not say."
            ),
            _sets(2, 9),
        ),
    ),
    controls=(
        Slider("digit", phrase("Digit"), 1, DIGITS, 10),
        Slider("class", phrase("Class"), 0, tiny.CLASSES - 1, 3),
    ),
    template="average",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "An image of twice the side leaves a last map of {large_map}. How many weights would the linear layer have "
            "then, if that map were flattened?"
        ),
        answer=lambda: _flat(2),
        unit=phrase("weights"),
        reason=phrase("{large_map} × {channels} × {classes} = {large}. With the average it stays at {weights}."),
        hint=phrase("Flattened, every place of every channel has a weight for each of {classes} classes."),
        slips=(
            Slip(_averaged, phrase("So many it has with the average, whatever the size of the image.")),
            Slip(_flat, phrase("That belongs to the image of the usual size.")),
            Slip(lambda: 2 * _flat(), phrase("Twice the side is four times the places.")),
        ),
    ),
    tries=(
        Try(phrase("GoogLeNet with its last map flattened"), "/?head=flatten"),
        Try(
            phrase("Average against flatten, layer by layer"),
            "/compare?left=googlenet&right=googlenet%3Fhead%3Dflatten",
        ),
        Try(phrase("Where the parameters sit"), "/learn/network?count=params"),
    ),
    works=("googlenet", "nin", "cam", "alexnet", "vgg", "digits"),
)
