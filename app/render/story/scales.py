"""Chapter: where the idea came from: several scales at once, small networks at each pixel, sparse structure."""

from functools import cache

from app.network.analysis import Analysis
from app.network.literature import fact
from app.network.ops import Conv
from app.network.record import record
from app.network.variant import OWN
from app.render.modules import detail, parts_of
from app.render.story import gabor
from app.render.story.chapter import Chapter, Chosen, Drawn, Exercise, Slider, Slip, Step, Table, Try, Values, Words
from app.render.story.paper import branch as branch_of
from app.render.story.paper import kernel, published
from app.words import phrase, say


@record
class Shown:
    """A picture."""

    name: str
    """Of `gabor.picture`."""
    text: str
    """What it shows, for those who do not see it."""


@record
class Picture:
    photo: Shown
    bank: Shown
    seen: tuple[Shown, ...]
    """What each orientation finds at the chosen size."""
    kept: tuple[Shown, ...]
    """What is passed on: the strongest of all sizes, or all of them."""
    kept_title: str
    version: str
    width: int
    height: int


@cache
def _dense_share(name: str) -> float:
    """Weights of a module in percent of one 5×5 convolution from its input to its output."""
    chosen, analysis = published()
    module = detail(chosen, analysis, name)
    area = kernel(branch_of(module, "five"))[0] ** 2
    dense = area * module.in_shape[0] * module.out_shape[0]
    biases = sum(layer.channels for layer in parts_of(analysis)[name].layers if isinstance(layer.node.op, Conv))
    return 100 * (module.totals.params - biases) / dense


def _filters(analysis: Analysis) -> int:
    return sum(layer.channels for layer in analysis.layers if isinstance(layer.node.op, Conv))


def _values(chosen: Chosen) -> Values:
    _, analysis = published()
    sizes, angles = len(gabor.SIZES), len(gabor.ANGLES)
    names = list(OWN)
    return {
        "sizes": sizes,
        "angles": angles,
        "least": gabor.SIZES[0],
        "most": gabor.SIZES[-1],
        "filters": sizes * angles,
        "size": chosen.whole("size"),
        "bands": fact("hmax_bands"),
        "learnt": f"{_filters(analysis):,}",
        "convs": sum(isinstance(layer.node.op, Conv) for layer in analysis.layers),
        "depth": fact("depth"),
        "sparse": fact("sparse"),
        "first": names[0],
        "first_share": f"{_dense_share(names[0]):.1f}",
        "late": names[-2],
        "late_share": f"{_dense_share(names[-2]):.1f}",
    }


def _draw(chosen: Chosen) -> Drawn:
    photo, size, stacked = chosen.word("photo"), chosen.whole("size"), chosen.word("keep") == "stack"
    what = say(gabor.PHOTOS[photo])
    seen = tuple(
        Shown(f"seen-{photo}-{size}-{angle}", say("What waves of {angle} degrees answer to, {size} pixels wide",
                                                  angle=angle, size=size))
        for angle in gabor.ANGLES
    )  # fmt: skip
    most = tuple(
        Shown(f"most-{photo}-{angle}", say("The strongest answer of any size, {angle} degrees", angle=angle))
        for angle in gabor.ANGLES
    )
    all_maps = len(gabor.SIZES) * len(gabor.ANGLES)
    stack = (Shown(f"stack-{photo}", say("All {n} maps in small: sizes across, orientations down", n=all_maps)),)
    return Drawn(
        Picture(
            Shown(f"photo-{photo}", say("A photograph of {what}", what=what)),
            Shown(f"bank-{size}", say("The four filters of {size} pixels, enlarged", size=size)),
            seen,
            stack if stacked else most,
            say("all kept, side by side: {n} maps", n=all_maps)
            if stacked
            else say("the strongest size kept: {n} maps", n=len(gabor.ANGLES)),
            gabor.VERSION,
            gabor.WIDE,
            gabor.HIGH,
        ),
        say(
            "Photograph from scikit-learn, {width} × {height} grey pixels; filters after Serre and others, of length "
            "one and without a mean. The absolute answer, white where it is strongest.",
            width=gabor.WIDE,
            height=gabor.HIGH,
        ),
        _table(photo),
    )


def _table(photo: str) -> Table:
    rows = tuple(
        (str(size), *(f"{gabor.response(photo, size, angle).mean():.3f}" for angle in gabor.ANGLES))
        for size in gabor.SIZES
    )
    return Table(
        say("Mean answer over the photograph, by size of the filter and orientation"),
        (say("Size, pixels"), *(f"{angle}°" for angle in gabor.ANGLES)),
        rows,
    )


def _sets(size: int, keep: str) -> dict[str, str]:
    return {"size": str(size), "keep": keep}


CHAPTER = Chapter(
    slug="scales",
    title=phrase("Seeing at several scales"),
    question=phrase("Where did the idea of looking with several kernels at once come from?"),
    steps=(
        Step(
            phrase(
                "What matters in [a picture](photo) comes in all sizes. A model of the visual cortex by Serre and "
                "others meets it with a bank of Gabor filters, small patches of waves: {sizes} sizes from {least} to "
                "{most} pixels, each in {angles} orientations, {filters} filters in all. [These](bank) are {size} "
                "pixels wide, and [below them](seen) is what they find. Move the size: thin lines answer to the small, "
                "whole contours to the large."
            ),
            _sets(gabor.SIZES[0], "max"),
        ),
        Step(
            phrase(
                "Nobody trains these filters; they are written down. And the model does not keep their answers apart: "
                "at every place it [keeps the strongest](kept), over a small neighbourhood and two sizes at a time, in "
                "{bands} bands; in the figure over all sizes at once. So it gains tolerance and forgets which size it "
                "was."
            ),
            _sets(gabor.SIZES[6], "max"),
        ),
        Step(
            phrase(
                "GoogLeNet’s authors cite this model and change three things. Inception [keeps all answers](kept), "
                "side by side as channels, and leaves it to the next layer what to make of them. It learns its "
                "filters, {learnt} in {convs} convolutions. And it repeats the pattern until the network is {depth} "
                "layers deep."
            ),
            _sets(gabor.SIZES[6], "stack"),
        ),
        Step(
            phrase(
                "The second root is Network in Network, by Lin and others: put a small network at every pixel, that "
                "is, convolutions of 1×1, fully connected layers that read one pixel’s channels, to make each layer "
                "say more. GoogLeNet keeps the 1×1 and gives it another main task, to shrink the number of channels "
                "before large kernels. The name Inception joins that paper’s title with a film’s “we need to go "
                "deeper”."
            ),
            _sets(gabor.SIZES[6], "stack"),
        ),
        Step(
            phrase(
                "The third is a theorem. Arora and others showed that a class of sparse random networks can be learnt "
                "layer by layer, by grouping units whose outputs go together. A good layer, the paper concludes, would "
                "be sparse; but hardware is so poor at sparse arithmetic that even {sparse} times fewer operations may "
                "not pay. So it covers the sparse layer with small dense pieces: {first} has {first_share} % of the "
                "weights of a dense 5×5 convolution between the same channels, {late} {late_share} %. That this is why "
                "it works, the authors warn, success alone does not prove."
            ),
            _sets(gabor.SIZES[6], "stack"),
        ),
    ),
    controls=(
        Slider("size", phrase("Size of the filters"), gabor.SIZES[0], gabor.SIZES[-1], gabor.SIZES[0], step=2),
        Words("keep", phrase("Keep"), {"max": phrase("the strongest"), "stack": phrase("all")}, "max"),
        Words("photo", phrase("Photograph"), gabor.PHOTOS, "china"),
    ),
    template="scales",
    draw=_draw,
    values=_values,
    exercise=Exercise(
        question=phrase(
            "A photograph goes through {sizes} sizes in {angles} orientations. How many maps are passed on if at every "
            "place and orientation only the strongest size is kept?"
        ),
        answer=lambda: len(gabor.ANGLES),
        unit=phrase("maps"),
        reason=phrase(
            "One for each orientation: {angles}. Keeping all of them, as Inception would, passes on {filters}."
        ),
        hint=phrase("The maximum over sizes makes one map of {sizes}; orientations stay apart."),
        slips=(
            Slip(
                lambda: len(gabor.SIZES) * len(gabor.ANGLES),
                phrase("That is how many there are before one of each is kept."),
            ),
            Slip(
                lambda: len(gabor.SIZES),
                phrase("That is the number of sizes. The maximum is taken over them; what stays apart?"),
            ),
        ),
        tolerance=0,
    ),
    tries=(
        Try(phrase("The module that looks with four branches"), "/networks/googlenet/modules/3a"),
        Try(phrase("Any module, with any input"), "/module"),
        Try(phrase("The map of all nine"), "/"),
    ),
    works=("googlenet", "hmax", "nin", "arora"),
)
