"""The published networks, as data. A number here comes from the source named beside it, and from nowhere else."""

from dataclasses import dataclass

from app.errors import NotFound
from app.network.spec import Follow, Module, Realisation, Spec, Widths
from app.words import phrase


def _row(name: str, *widths: int) -> Module:
    return Module(name=name, widths=Widths(*widths))


# Szegedy et al. 2014, arXiv 1409.4842, Table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj
TABLE_1 = (
    _row("3a", 64, 96, 128, 16, 32, 32),
    _row("3b", 128, 128, 192, 32, 96, 64),
    _row("4a", 192, 96, 208, 16, 48, 64),
    _row("4b", 160, 112, 224, 24, 64, 64),
    _row("4c", 128, 128, 256, 24, 64, 64),
    _row("4d", 112, 144, 288, 32, 64, 64),
    _row("4e", 256, 160, 320, 32, 128, 128),
    _row("5a", 256, 160, 320, 32, 128, 128),
    _row("5b", 384, 192, 384, 48, 128, 128),
)


@dataclass(frozen=True, slots=True)
class Network:
    """A published network: what it is called, where it comes from, and its description."""

    title: str
    name: str
    """Short, for the middle of a sentence."""
    summary: str
    source: str
    spec: Spec
    fixed: frozenset[str] = frozenset()
    """State keys that it refuses, because it has no such choice."""

    @property
    def id(self) -> str:
        return self.spec.network


_PAPER = Spec(
    network="googlenet",
    input=(3, 224, 224),  # Table 1 and §5
    classes=1000,  # Table 1, linear
    stem=(64, 64, 192),  # Table 1: convolution 7×7/2, #3×3 reduce and #3×3 of the second convolution
    modules=TABLE_1,
    norm="lrn",  # Figure 3: LocalRespNorm after pool1 and after conv2
    rounding="ceil",  # Caffe's pooling; with it 112 → 56 → 28 → 14 → 7
    realisation=Realisation(dropout=0.4),  # Table 1: dropout (40%)
)


def _vary(network: str, **changes: object) -> Spec:
    return _PAPER.model_copy(update={"network": network, **changes})


NETWORKS = {
    network.id: network
    for network in (
        Network(
            title=phrase("GoogLeNet · the paper's, as in Caffe"),
            name=phrase("GoogLeNet"),
            summary=phrase(
                "The network of Going deeper with convolutions as Caffe realises it: biases, LRN, true 5×5 "
                "kernels, pools that round up. The auxiliary heads stay off unless asked for, as at inference."
            ),
            source="arXiv 1409.4842, Table 1 and Figure 3; BVLC/caffe models/bvlc_googlenet/train_val.prototxt",
            spec=_PAPER,
        ),
        Network(
            title=phrase("GoogLeNet, naive modules"),
            name=phrase("Naive GoogLeNet"),
            summary=phrase(
                "The same network built from the naive module of Figure 2(a): no 1×1 reductions, and every pool "
                "passes all of its input on. Nobody trained it; it shows what the reductions save."
            ),
            source="arXiv 1409.4842, Figure 2(a) with the widths of Table 1",
            spec=_vary(
                "googlenet-naive",
                modules=tuple(Module(name=row.name, widths=row.widths.naive) for row in TABLE_1),
                follow=Follow(modules="naive"),
            ),
        ),
        Network(
            title=phrase("GoogLeNet with batch norm"),
            name=phrase("GoogLeNet with batch norm"),
            summary=phrase(
                "The paper's network with batch normalisation after every convolution in place of biases and LRN, "
                "and true 5×5 kernels."
            ),
            source="arXiv 1409.4842, Table 1; arXiv 1502.03167, §3.2 (the bias is redundant before batch norm)",
            spec=_vary("googlenet-bn", norm="batch"),
        ),
        Network(
            title=phrase("GoogLeNet · torchvision"),
            name=phrase("torchvision’s GoogLeNet"),
            summary=phrase(
                "What torchvision ships: batch norm, 3×3 kernels in the 5×5 branch, a 2×2 pool before 5a, dropout "
                "0.2, auxiliary heads with an adaptive pool."
            ),
            source="pytorch/vision, torchvision/models/googlenet.py (0.28); the 3×3 is pytorch/vision#906",
            spec=_vary(
                "torchvision",
                norm="batch",
                five="3x3",
                aux=True,
                realisation=Realisation(pool4=2, batch_norm_eps=1e-3, dropout=0.2, aux_pool="adaptive 4x4"),
            ),
        ),
        Network(
            title=phrase("Inception v1 · TF-slim"),
            name=phrase("TF-slim’s Inception v1"),
            summary=phrase(
                "TensorFlow's: SAME padding, batch norm without γ, 3×3 kernels in the 5×5 branch, a 2×2 pool "
                "before 5a, and a 1×1 convolution with bias as classifier."
            ),
            source="tensorflow/models, research/slim/nets/inception_v1.py; its arg scope in inception_utils.py",
            spec=_vary(
                "tf-slim",
                norm="batch",
                five="3x3",
                realisation=Realisation(
                    pool4=2,
                    padding="same",
                    batch_norm_scale=False,
                    batch_norm_eps=1e-3,
                    dropout=0.2,
                    classifier="conv",
                ),
            ),
            fixed=frozenset({"rounding", "aux", "head"}),
        ),
        Network(
            title=phrase("GoogLeNet, separable conv1"),
            name=phrase("GoogLeNet with separable conv1"),
            summary=phrase(
                "The paper's network with conv1 as a depthwise-separable 7×7 with multiplier 8: it explains the "
                "2.7K parameters and 34M operations that Table 1 prints for conv1. An inference, not a statement of "
                "the paper."
            ),
            source="arXiv 1409.4842, Table 1, first row; arXiv 1502.03167, appendix (depth multiplier 8); "
            "arXiv 1610.02357, §2",
            spec=_vary("separable-stem", realisation=Realisation(conv1="separable")),
        ),
    )
}
"""By id, in the order they are shown."""


def network(name: str) -> Network:
    """The published network of that id.

    Raises:
        NotFound: there is none.
    """
    if name not in NETWORKS:
        raise NotFound(phrase("network"), name, ", ".join(NETWORKS))
    return NETWORKS[name]
