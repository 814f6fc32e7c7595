"""Chapter: the whole network, the paper's table beside what is counted, and where the cost sits."""

from functools import cache

from app.network.analysis import Analysis
from app.network.literature import fact
from app.network.ops import Conv
from app.network.record import record
from app.network.variant import OWN
from app.render.cells import THIN, short, times
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values, Words
from app.render.story.paper import published
from app.render.story.ways import narrow, paths, wide
from app.render.table1 import TableRow, table1
from app.words import phrase, say

NETWORKS = {"dense": "googlenet", "separable": "separable-stem"}
"""By what conv1 is."""
QUANTITIES = {"macs": phrase("multiply-adds"), "params": phrase("parameters")}
WIDE = 110
"""Pixels of the longest bar."""


@record
class Line:
    """A row of the table."""

    path: str
    name: str
    size: str
    printed_params: str
    params: str
    printed_macs: str
    macs: str
    bar: float
    share: str
    current: bool


@record
class Picture:
    lines: tuple[Line, ...]
    name: str
    remark: str
    """Of the row that is chosen."""


@cache
def _rows(conv1: str) -> tuple[TableRow, ...]:
    chosen, analysis = published(NETWORKS[conv1])
    return table1(chosen.spec, analysis).rows


def _multiplier() -> int:
    """Outputs for each channel of the image, of the depthwise convolution in a separable conv1."""
    layer = next(each for each in published(NETWORKS["separable"])[1].layers if isinstance(each.node.op, Conv))
    return layer.channels // layer.in_channels[0]


def _row(name: str) -> TableRow:
    return next(row for row in _rows("dense") if row.row == name)


def _large(name: str) -> str:
    """What 3×3 and 5×5 have of a module’s channels, percent."""
    widths = OWN[name]
    return f"{100 * (widths.three + widths.five) / (widths.one + widths.three + widths.five + widths.pool_proj):.0f}"


def _stage(stage: str, quantity: str) -> str:
    """A stage's share of the whole, percent."""
    rows = [row for row in _rows("dense") if row.row.startswith(stage)]
    whole = sum(getattr(row, quantity) for row in _rows("dense"))
    return f"{100 * sum(getattr(row, quantity) for row in rows) / whole:.0f}"


def _values(chosen: Chosen) -> Values:
    _, analysis = published()
    dense, separable = (_rows(each)[0] for each in NETWORKS)
    row = _rows(chosen.word("conv1"))[chosen.whole("row") - 1]
    convs = sum(isinstance(layer.node.op, Conv) for layer in analysis.layers)
    assert dense.paper
    totals = analysis.totals
    alexnet = float(fact("alexnet_params").replace(",", ""))
    return {
        "rows": len(_rows("dense")),
        "row": _called(row),
        "convs": convs,
        "modules": len(OWN),
        "large_4a": _large("4a"),
        "large_4d": _large("4d"),
        "sides": " → ".join(map(str, _sides(analysis))),
        "stem": _stage("conv", "macs"),
        "third": _stage("inception_3", "macs"),
        "fourth": _stage("inception_4", "macs"),
        "fifth_params": _stage("inception_5", "params"),
        "fourth_params": _stage("inception_4", "params"),
        "linear_params": _stage("linear", "params"),
        "stem_params": _stage("conv", "params"),
        "printed": dense.paper.params,
        "printed_macs": dense.paper.ops,
        "dense": f"{dense.weights:,}",
        "dense_macs": short(dense.macs),
        "multiplier": _multiplier(),
        "separable": f"{separable.weights:,}",
        "separable_macs": short(separable.macs),
        "field": wide(),
        "narrow": narrow(),
        "image": analysis.input[1],
        "printed_fewer": fact("fewer"),
        "fewer": f"{alexnet / totals.params:.1f}",
        "classes": fact("classes"),
        **_depths(),
        **_odd(),
    }


def _depths() -> Values:
    """Of the paths from image to logits: how deep, how many."""
    ways = paths()
    return {
        "depth": max(ways),
        "shallow": min(ways),
        "ways": f"{sum(ways.values()):,}",
        "deepest": f"{ways[max(ways)]:,}",
        "one_more": f"{ways[min(ways) + 1]:,}",
        "mean": f"{sum(depth * count for depth, count in ways.items()) / sum(ways.values()):.1f}",
    }


def _odd() -> Values:
    """The row of Table 1 whose parameters are printed otherwise than they count."""
    k, row = 1024, _row("inception_4c")
    assert row.paper
    return {
        "odd": _called(row),
        "odd_printed": row.paper.params,
        "odd_counted": f"{row.weights / k:.1f}{THIN}K",
        "k": f"{k:,}",
    }


def _sides(analysis: Analysis) -> list[int]:
    """The sides that maps have on the way to the average, each once."""
    sides = [analysis.input[1], *[layer.place.size[0] for layer in analysis.layers if layer.place.size]]
    return [side for side in dict.fromkeys(sides) if side > 1]


def _called(row: TableRow) -> str:
    return row.row.removeprefix("inception_")


def _draw(chosen: Chosen) -> Drawn:
    conv1, quantity, at = chosen.word("conv1"), chosen.word("count"), chosen.whole("row") - 1
    rows = _rows(conv1)
    most = max(getattr(row, quantity) for row in rows)
    whole = sum(getattr(row, quantity) for row in rows)
    lines = tuple(
        Line(
            row.row,
            _called(row),
            times(row.out_shape, "×"),
            row.paper.params if row.paper else "",
            f"{row.weights:,}",
            row.paper.ops if row.paper else "",
            short(row.macs),
            round(WIDE * getattr(row, quantity) / most, 1),
            f"{100 * getattr(row, quantity) / whole:.1f}{THIN}%",
            row is rows[at],
        )
        for row in rows
    )
    head = tuple(
        say(each)
        for each in (
            phrase("Row"), phrase("Output"), phrase("Paper, params"), phrase("Weights"), phrase("Paper, ops"),
            phrase("Multiply-adds"), phrase("Share"),
        )
    )  # fmt: skip
    cells = tuple(
        (line.name, line.size, line.printed_params, line.params, line.printed_macs, f"{row.macs:,}", line.share)
        for line, row in zip(lines, rows, strict=True)
    )
    return Drawn(
        Picture(lines, _called(rows[at]), say(rows[at].remark or "")),
        say("Weights without biases, as the paper counts; shares of the multiply-adds. Batch 1.")
        if quantity == "macs"
        else say("Weights without biases, as the paper counts; shares of the parameters, with biases. Batch 1."),
        Table(say("Table 1 as printed and as counted"), head, cells),
    )  # fmt: skip


def _sets(row: str, count: str = "macs", conv1: str = "dense") -> dict[str, str]:
    names = ["conv1", "conv2", *OWN, "linear"]
    return {"row": str(names.index(row) + 1), "count": count, "conv1": conv1}


CHAPTER = Chapter(
    slug="network",
    title=phrase("The whole network"),
    question=phrase("What does the paper’s table say, and does it add up?"),
    steps=(
        Step(
            phrase(
                "Put the pieces in a row: two plain convolutions, nine modules, one average and one linear layer. "
                "Strides in between halve the maps, {sides}, while the channels grow. Table 1 lists the {rows} rows "
                "that have parameters; in them stand {convs} convolutions, since each module has six and "
                "[conv2](conv2) is a 1×1 and a 3×3. [conv1](conv1) is the first, [3a](inception_3a) the first module."
            ),
            _sets("conv1"),
        ),
        Step(
            phrase(
                "Cost and size do not sit in the same place. The two plain convolutions hold {stem_params} % of the "
                "parameters, but make {stem} % of the multiply-adds, since their maps are large; stage 3 makes "
                "{third} %, stage 4 makes {fourth} %. The parameters stand at the end: {fourth_params} % in stage 4, "
                "{fifth_params} % in stage 5, {linear_params} % in [the linear layer](linear). The paper expects the "
                "large kernels to gain weight with depth; the widths have them do so in stage 4 alone, from "
                "{large_4a} % of [4a](inception_4a)’s channels to {large_4d} % of [4d](inception_4d)’s."
            ),
            _sets("5b", "params"),
        ),
        Step(
            phrase(
                "Now hold print against count. The first row is the strangest: {printed} and {printed_macs} for "
                "[conv1](conv1), where a 7×7 convolution has {dense} weights and makes {dense_macs}. A "
                "depthwise-separable one with multiplier {multiplier} has {separable} and makes {separable_macs}, "
                "both as printed; the batch norm paper says that its model had one. It is an inference all the same, "
                "and nearly all public code is dense."
            ),
            _sets("conv1", "macs", "separable"),
        ),
        Step(
            phrase(
                "Other rows are off by less. In [{odd}](inception_4c) the table prints {odd_printed} where "
                "{odd_counted} are counted, while its operations are right. [4a](inception_4a) and [5a](inception_5a) "
                "agree with themselves and not with the widths beside them, as if they came from an older draft. A K "
                "seems to be {k}, as conv2 and the linear layer show, but not in the first row. The slider under the "
                "table walks through the rows and says of each what is known."
            ),
            _sets("4c"),
        ),
        Step(
            phrase(
                "Is it {depth} layers deep? On the longest path, yes. Through four branches nine times lead {ways} "
                "paths, with {shallow} to {depth} layers and {mean} on average; only {deepest} have all {depth}. So "
                "one output of [5b](inception_5b) mixes views: through 1×1 branches alone it sees {narrow} pixels, "
                "through the widest {field}, far beyond the image’s {image}. The abstract’s {printed_fewer} times "
                "fewer parameters than AlexNet, the winner of two years before, are {fewer} when counted."
            ),
            _sets("5b"),
        ),
    ),
    controls=(
        Slider("row", phrase("Row"), 1, len(OWN) + 3, 1),
        Words("conv1", phrase("conv1"), {"dense": phrase("dense"), "separable": phrase("separable")}, "dense"),
        Words("count", phrase("Shares of"), QUANTITIES, "macs"),
    ),
    template="network",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "The shortest paths from image to logits have {shallow} layers with parameters. How many paths have one "
            "layer more?"
        ),
        answer=lambda: paths()[min(paths()) + 1],
        unit=phrase("paths"),
        reason=phrase(
            "One of {modules} modules is passed through a branch of two layers, 3×3 or 5×5; the others through one of "
            "a single layer, 1×1 or pool. At each there are two to choose from: {modules} · {deepest} = {one_more}."
        ),
        hint=phrase(
            "Of a module’s branches two have one layer and two have two. Choose the module that is passed the long "
            "way, then a branch in each."
        ),
        slips=(
            Slip(
                lambda: paths()[min(paths())], phrase("So many are the shortest, with a short branch in every module.")
            ),
            Slip(
                lambda: len(OWN),
                phrase("So many modules can be the long one. Each still has a choice of two branches."),
            ),
        ),
        tolerance=0,
    ),
    tries=(
        Try(phrase("The map of the whole network"), "/"),
        Try(phrase("Dense against separable conv1"), "/compare?left=googlenet&right=separable-stem"),
        Try(phrase("Every layer with its reason: 5b"), "/networks/googlenet/modules/5b"),
    ),
    works=("googlenet", "batch-norm", "xception", "alexnet"),
)
