"""Chapter: the contest of 2014, and what its best figure cost."""

from app.network.literature import TOP_5, fact
from app.render.cells import THIN, short
from app.render.module_text import ratio
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values
from app.render.story.chart import (
    WIDE,
    Anchor,
    Chart,
    Label,
    Line,
    Mark,
    Point,
    Scale,
    Tick,
    decades,
    line,
    x_scale,
    y_scale,
)
from app.render.story.paper import published
from app.words import phrase, say

HEIGHT = 300
MODELS, CROPS = (sorted({each[at] for each in TOP_5}) for at in (0, 1))
LOOKS = {MODELS[0]: "ink", MODELS[-1]: "faint"}
NAMES = {MODELS[0]: phrase("one network"), MODELS[-1]: phrase("{n} networks", n=MODELS[-1])}


def _one() -> int:
    """Multiply-adds of one forward pass."""
    return published()[1].totals.macs


def _error(models: int, crops: int) -> float:
    return TOP_5[models, crops].value


def _left() -> float:
    """Of what one pass misses, the part that the entry misses."""
    return _error(MODELS[-1], CROPS[-1]) / _error(MODELS[0], CROPS[0])


def _cost(passes: int) -> str:
    return f"{_trillions(passes)}{THIN}T" if passes * _one() >= 1e12 else short(passes * _one())


def _trillions(passes: int) -> str:
    return f"{passes * _one() / 1e12:.1f}"


def _values(chosen: Chosen) -> Values:
    models, crops = chosen.whole("models"), chosen.whole("crops")
    first, best = TOP_5[MODELS[0], CROPS[0]], TOP_5[MODELS[-1], CROPS[-1]]
    whole = MODELS[-1] * CROPS[-1]
    counted = [int(fact(name)) for name in ("scales", "squares", "places", "mirrors")]
    return {
        **_contest(),
        "models": MODELS[-1],
        "crops": CROPS[-1],
        "product": " · ".join(map(str, counted)),
        "one_crop": first.text,
        "all_crops": TOP_5[MODELS[0], CROPS[-1]].text,
        "all_models": TOP_5[MODELS[-1], CROPS[0]].text,
        "best": best.text,
        "spared": f"{100 * (1 - _left()):.1f}",
        "gain": f"{first.value - best.value:.2f}",
        "whole": f"{whole:,}",
        "one": short(_one()),
        "all": short(whole * _one()),
        "trillions": _trillions(whole),
        "times": ratio(CROPS[-1] / CROPS[1]),
        "models_now": models,
        "crops_now": crops,
        "passes": f"{models * crops:,}",
        "cost": short(models * crops * _one()),
        "ten": CROPS[1],
        "seventy": MODELS[-1] * CROPS[1],
        "seventy_error": TOP_5[MODELS[-1], CROPS[1]].text,
        "seventy_cost": short(MODELS[-1] * CROPS[1] * _one()),
    }


def _contest() -> Values:
    """What was entered, how it was trained, and what it won, as printed."""
    return {
        "year": fact("contest_year"),
        "images": fact("images"),
        "images_10k": f"{100 * float(fact('images')):g}",
        "classes": fact("classes"),
        "entry": fact("entry"),
        "vgg": fact("vgg_entry"),
        "msra": fact("msra_entry"),
        "last": fact("last_year"),
        "before": fact("year_before"),
        "momentum": fact("momentum"),
        "drop": fact("rate_drop"),
        "epochs": fact("rate_epochs"),
        "detection": fact("detection"),
        "printed": fact("printed_gain"),
    }


def _draw(chosen: Chosen) -> Drawn:
    models, crops = chosen.whole("models"), chosen.whole("crops")
    rows = tuple((str(a), str(b), f"{a * b:,}", f"{a * b * _one():,}", each.text) for (a, b), each in TOP_5.items())
    head = (say("Networks"), say("Crops"), say("Forward passes"), say("Multiply-adds"), say("Top-5 error, %"))
    return Drawn(
        _chart(models, crops),
        say(
            "Errors of the paper’s Table 3, on the validation set, where it prints one; multiply-adds of the paper’s "
            "network, counted here."
        ),
        Table(say("What is averaged, what it costs and what it brings"), head, rows),
    )


def _chart(models: int, crops: int) -> Chart:
    most = MODELS[-1] * CROPS[-1]
    floor, top = (edge(each.value for each in TOP_5.values()) for edge in (min, max))
    x, y = x_scale(1, 2 * most, log=True), y_scale(floor - 0.67, top + 0.93, HEIGHT)
    return Chart(
        HEIGHT,
        say("top-5 error, percent"),
        say("forward passes for one image, log scale"),
        tuple(Tick(x(each), f"{each:,.0f}") for each in decades(1, 2 * most)),
        tuple(Tick(y(each), str(each)) for each in range(round(floor), round(top) + 2)),
        (*[_line(x, y, each) for each in MODELS], *_here(x, y, models, crops)),
        say(
            "Two falling lines: one network from {one} to {fewer} percent, {n} networks from {many} to {best}.",
            one=TOP_5[MODELS[0], CROPS[0]].text, fewer=TOP_5[MODELS[0], CROPS[-1]].text, n=MODELS[-1],
            many=TOP_5[MODELS[-1], CROPS[0]].text, best=TOP_5[MODELS[-1], CROPS[-1]].text,
        ),
    )  # fmt: skip


def _line(x: Scale, y: Scale, models: int) -> Mark:
    spots = [(models * crops, _error(models, crops)) for crops in CROPS]
    passes, error = spots[1] if models == MODELS[0] else spots[0]
    name = Label(say(NAMES[models]), x(passes), y(error) + (-12 if models == MODELS[0] else 38), dx=6)
    points = tuple(Point("hollow", x(a), y(b)) for a, b in spots)
    return Mark(
        f"models-{models}", LOOKS[models], lines=(line(x, y, spots, models > 1),), points=points, labels=(name,)
    )


def _here(x: Scale, y: Scale, models: int, crops: int) -> tuple[Mark, ...]:
    passes = models * crops
    left = passes < 10
    anchor: Anchor = "start" if left else "end"
    dx = 8 if left else 4
    if (models, crops) not in TOP_5:
        aside = 8 if left else -8
        rule = Line(f"{x(passes) * WIDE / 100:.1f},0 {x(passes) * WIDE / 100:.1f},{HEIGHT}", True)
        told = Label(say("the paper prints no error"), x(passes), 14, anchor, "faint", aside)
        price = Label(_cost(passes), x(passes), 40, anchor, "hero", aside)
        return (Mark("now", "ink", lines=(rule,), labels=(told, price)),)
    error = _error(models, crops)
    below = 96 if left and models == MODELS[0] else 30  # clear of its own line
    label = Label(f"{TOP_5[models, crops].text}{THIN}%", x(passes), y(error) + below, anchor, "hero", dx)
    cost = Label(_cost(passes), x(passes), y(error) + below + 18, anchor, "faint", dx)
    return (Mark("now", "ink", points=(Point("dot", x(passes), y(error)),), labels=(label, cost)),)


def _sets(models: int, crops: int) -> dict[str, str]:
    return {"models": str(models), "crops": str(crops)}


CHAPTER = Chapter(
    slug="results",
    title=phrase("The contest, and its price"),
    question=phrase("What did the winning entry of {year} really measure?", year=fact("contest_year")),
    steps=(
        Step(
            phrase(
                "The ImageNet contest gives {images} million labelled pictures and asks which of {classes} things a "
                "new one shows; five guesses are allowed. In {year} GoogLeNet’s entry missed [{entry} %](models-7) of "
                "the test pictures, VGG’s {vgg} %, MSRA’s {msra} %. The year before the best had missed {last} %, two "
                "years before {before} %. It won the contest in detection too, with a mean average precision of "
                "{detection} %."
            ),
            _sets(1, 1),
        ),
        Step(
            phrase(
                "Of the training the paper tells little: CPUs only, stochastic gradient descent run asynchronously on "
                "many machines with momentum {momentum}, a learning rate that falls by {drop} % every {epochs} epochs, "
                "and Polyak averaging for the weights that were kept. How the crops were drawn changed on the way, and "
                "the authors say that they can give no single best recipe."
            ),
            _sets(1, 1),
        ),
        Step(
            phrase(
                "[One network](models-1) that sees one crop of each picture misses [{one_crop} %](now). Let it see "
                "{crops} crops, {product} (scales, squares, places, mirror images), and average its answers: "
                "{all_crops} %. Averaging {models} networks on a single crop instead gives {all_models} %. Both "
                "together give the entry’s {best} %."
            ),
            _sets(1, 144),
        ),
        Step(
            phrase(
                "So [{best} %](now) is no property of one forward pass. It takes {models} · {crops} = {whole} of them, "
                "{trillions} trillion multiply-adds for a picture in place of {one}. Whoever compares single networks "
                "on single crops should write {one_crop}. The last row of the paper’s Table 3 prints an improvement of "
                "{printed}; {one_crop} − {best} is {gain}, so that cell is a slip."
            ),
            _sets(7, 144),
        ),
        Step(
            phrase(
                "When are more passes no longer worth it? [{models} networks](models-7) with {ten} crops need "
                "{seventy} passes, {seventy_cost}, and miss {seventy_error} %. The rest of the way to {best} % costs "
                "{times} times as much. Six of the networks share one design and one is wider; all began from the same "
                "weights, by an oversight, and differ only in how their pictures were drawn and in which order they "
                "came. [Where you are](now): {models_now} · {crops_now} = {passes}, {cost}."
            ),
            _sets(7, 10),
        ),
    ),
    controls=(
        Slider("models", phrase("Networks"), MODELS[0], MODELS[-1], MODELS[0]),
        Slider("crops", phrase("Crops of each picture"), CROPS[0], CROPS[-1], CROPS[0]),
    ),
    template="plain",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "One pass misses {one_crop} % of the pictures, the entry {best} %. What share of its misses does all the "
            "averaging spare a single pass?"
        ),
        answer=lambda: 100 * (1 - _left()),
        unit=phrase("%"),
        reason=phrase(
            "({one_crop} − {best}) / {one_crop} = {spared} %: about a third, for {whole} times the multiply-adds."
        ),
        hint=phrase("Take the difference, and divide it by what a single pass misses."),
        slips=(
            Slip(
                lambda: _error(MODELS[0], CROPS[0]) * (1 - _left()),
                phrase("Those are percentage points. The question is what part of {one_crop} % they are."),
            ),
            Slip(lambda: 100 * _left(), phrase("That is the share which is still missed.")),
            Slip(
                lambda: 100 * (1 / _left() - 1),
                phrase("That is a share of the entry’s misses. Divide by those of the single pass."),
            ),
        ),
    ),
    tries=(
        Try(phrase("The network whose passes are counted"), "/"),
        Try(phrase("torchvision’s GoogLeNet beside it"), "/compare?left=googlenet&right=torchvision%3Faux%3Doff"),
        Try(phrase("What other tools would call its cost"), "/counts"),
    ),
    works=("googlenet", "vgg", "caffe", "torchvision"),
)
