"""Chapter: where a size comes from, and what is rounded on the way."""

from app.network import laws
from app.network.ops import Rounding
from app.network.record import record
from app.render.reason import SizeFormula, size_formula
from app.render.size_words import note, unread
from app.render.sizes import Known, known_sizes, places, rounded_down
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values, Words
from app.render.windows import SideDrawn, drawn, side
from app.words import phrase, say

LEAST = 7
"""The smallest input: the widest window fits it."""


@record
class Picture:
    """One side of one layer."""

    formula: SizeFormula
    side: SideDrawn
    note: str
    """What becomes of the last window."""


def _known(path: str) -> Known:
    return next(each for each in known_sizes() if each.path == path)


FIVE, CONV, POOL = "inception_3a.five.conv", "conv1", "pool1"


def _sets(path: str) -> dict[str, str]:
    f = _known(path).formula
    return {
        "input": str(f.n),
        "kernel": str(f.kernel),
        "stride": str(f.stride),
        "padding": str(f.before),
        "rounding": f.rounding,
    }


def _formula(chosen: Chosen) -> SizeFormula:
    n, kernel, stride, padding = map(chosen.whole, ("input", "kernel", "stride", "padding"))
    rounding: Rounding = "ceil" if chosen.word("rounding") == "ceil" else "floor"
    return size_formula(n, kernel, stride, padding, padding, 1, rounding)


def _one_p(f: SizeFormula) -> int:
    """What (w − f + p)/s + 1 gives."""
    return laws.output_size(f.n, f.kernel, f.stride, f.before, 0)


def _values(chosen: Chosen) -> Values:
    now = _formula(chosen)
    five, conv, pool, last = (_known(path).formula for path in (FIVE, CONV, POOL, "pool3"))
    three = size_formula(five.n, 3, 1, 1, 1)
    chain = rounded_down()
    return {
        "n": now.n,
        "kernel": now.kernel,
        "stride": now.stride,
        "padding": now.before,
        "out": now.size,
        "places": places(now),
        "five_n": five.n,
        "five_out": five.size,
        "five_p": five.before,
        "five_plain": laws.output_size(five.n, five.kernel, five.stride, 0, 0),
        "five_wrong": _one_p(five),
        "three_wrong": _one_p(three),
        "three_p": three.before,
        "conv_n": conv.n,
        "conv_out": conv.size,
        "conv_places": places(conv),
        "conv_wrong": _one_p(conv),
        "pool_n": pool.n,
        "pool_out": pool.size,
        "pool_places": places(pool),
        "chain": " → ".join(map(str, chain.published)),
        "down": " → ".join(map(str, chain.down)),
        "window": "×".join(map(str, chain.window)),
        "same_out": -(-pool.n // pool.stride),
        "padded_out": laws.output_size(pool.n, pool.kernel, pool.stride, 1, 1),
        "last_n": last.n,
        "last_kernel": last.kernel,
        "last_stride": last.stride,
        "last_places": places(last),
        "last_down": _down(),
        "last_out": last.size,
    }


def _down() -> int:
    """pool3 with its size rounded down."""
    f = _known("pool3").formula
    return laws.output_size(f.n, f.kernel, f.stride, f.before, f.after)


def _exact() -> float:
    """Before it is rounded."""
    f = _known("pool3").formula
    return (f.n - f.kernel) / f.stride + 1


def _draw(chosen: Chosen) -> Drawn:
    formula = _formula(chosen)
    drawing = side(formula)
    spans, hidden = drawn(formula)
    rows = tuple(
        (
            str(span.number),
            f"{span.rows[0]}–{span.rows[1]}" if span.rows else say("none"),
            str(span.padding),
            str(span.outside),
        )
        for span in spans
    )
    caption = say("The first and the last three windows") if hidden else say("Every window")
    return Drawn(
        Picture(formula, drawing, note(drawing, False)),
        " ".join((say("One side of a map; height and width each have their own."), unread(drawing))).strip(),
        Table(caption, (say("Window"), say("Input rows"), say("Padding"), say("Outside")), rows),
    )


_FIVE = _known(FIVE).formula

CHAPTER = Chapter(
    slug="sizes",
    title=phrase("Where a size comes from"),
    question=phrase("Why is a map as wide as it is, and what happens to the half of a window?"),
    steps=(
        Step(
            phrase(
                "Every size in the network answers one question: at how many places can [a window](windows) stand? A "
                "kernel of `f` rows fits `w − f` steps into a side of `w` rows, and one place more, since it stands "
                "somewhere before its first step. [Padding](padding) of `p` rows on each side makes the side `2p` "
                "longer; a [stride](stride) of `s` takes every `s`-th place only: `(w − f + 2p) / s + 1`."
            ),
            _sets(FIVE),
        ),
        Step(
            phrase(
                "Inside a module nothing may shrink, or the branches could not be stacked. The 5×5 alone would make "
                "{five_plain} of {five_n}; with [{five_p} rows of padding](padding) on each side it keeps {five_out}. "
                "Many notes print `(w − f + p) / s + 1`. That is right where `p` counts both sides together. Where it "
                "counts one, as in their own tables, the 5×5 with padding {five_p} would give {five_wrong}, the 3×3 "
                "with padding {three_p} would give {three_wrong}, and conv1 {conv_wrong} in place of {conv_out}. The "
                "formula wants `2p`."
            ),
            _sets(FIVE),
        ),
        Step(
            phrase(
                "A stride above one seldom comes out even. conv1 finds {conv_places} places on {conv_n} rows, and half "
                "a window is no window: a convolution [rounds down](size), to {conv_out}. What is left at the end of "
                "the side is not read by that layer, or is only padding."
            ),
            _sets(CONV),
        ),
        Step(
            phrase(
                "A pool can choose. pool1 finds {pool_places} places on {pool_n} rows. Caffe rounds up: [its last "
                "window](windows) reaches over the edge and takes the maximum of what is there, so {pool_out} leave "
                "it, and the network runs {chain}. Rounded down all the way it would run {down}, and the {window} "
                "average at the end would no longer fit."
            ),
            _sets(POOL),
        ),
        Step(
            phrase(
                "Three conventions give the same {pool_out}. Caffe and torchvision round up without padding. "
                "TensorFlow’s SAME pads only as much as `⌈w / s⌉` = {same_out} needs, here one row at the end, and its "
                "windows stand where Caffe’s stand. Many courses [pad a row](padding) on both sides and round down: "
                "{padded_out} again, but every window stands a row earlier, so weights trained under one convention "
                "see shifted maps under the other. The paper does not say which it used; the letter S in its Figure 3 "
                "suggests SAME, and that is our inference."
            ),
            {**_sets(POOL), "padding": "1", "rounding": "floor"},
        ),
    ),
    controls=(
        Slider("input", phrase("Input"), LEAST, 224, _FIVE.n),
        Slider("kernel", phrase("Kernel"), 1, 7, _FIVE.kernel),
        Slider("stride", phrase("Stride"), 1, 4, _FIVE.stride),
        Slider("padding", phrase("Padding"), 0, 3, _FIVE.before),
        Words("rounding", phrase("Rounding"), {"floor": phrase("down"), "ceil": phrase("up")}, "floor"),
    ),
    template="sizes",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "pool3 reads {last_n} rows with a window of {last_kernel}, a stride of {last_stride} and no padding. How "
            "many rows leave it, if it rounds down?"
        ),
        answer=_down,
        unit=phrase("rows"),
        reason=phrase(
            "`({last_n} − {last_kernel}) / {last_stride} + 1` = {last_places}, rounded down {last_down}. GoogLeNet "
            "rounds up and keeps {last_out}."
        ),
        hint=phrase("Work out `(w − f) / s`, round it down, and only then add `1`."),
        slips=(
            Slip(
                lambda: _known("pool3").formula.size,
                phrase("That is what rounding up gives, as in Caffe. The question rounds down."),
            ),
            Slip(_exact, phrase("Half a window is no window: it still has to be rounded down.")),
        ),
        tolerance=0,
    ),
    tries=(
        Try(
            phrase("This window on the page of sizes, in the plane too"),
            "/size?op=conv&input={n}&kernel={kernel}&stride={stride}&padding={padding}",
        ),
        Try(phrase("GoogLeNet with every pool rounding down"), "/?rounding=floor"),
        Try(phrase("Caffe against TF-slim, layer by layer"), "/compare?left=googlenet&right=tf-slim"),
    ),
    works=("googlenet", "dumoulin"),
)
