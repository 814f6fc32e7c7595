"""A description as blocks of layers: what conv1, a module, an auxiliary head and the classifier are made of.

Widths stand as names ("4e.5x5"); `Spec.numbers` gives their values.
"""

from app.network.ops import (
    LRN,
    AdaptiveAvgPool,
    AvgPool,
    BatchNorm,
    Block,
    Conv,
    Dropout,
    Flatten,
    Fork,
    Linear,
    MaxPool,
    Padding,
    ReLU,
    SideExit,
    Softmax,
    Width,
)
from app.network.spec import AUX_HOSTS, STAGES, STEM, Five, Norm, Present, Realisation, Skeleton, column_keys

Chain = dict[str, Block]


def blueprint(net: Skeleton) -> Chain:
    """The network's layers and forks in the order they run, softmax last."""
    heads = {AUX_HOSTS[head]: head for head in net.aux_heads}
    chain = _stem(net)
    for stage in STAGES:
        if stage != STAGES[0]:
            chain[f"pool{int(stage) - 1}"] = _pool(net, net.realisation.pool4 if stage == "5" else 3)
        for name, present in net.modules:
            if name[0] == stage:
                chain[f"inception_{name}"] = inception(name, present, net.five, _norm(net))
                if head := heads.get(name):
                    chain[head] = SideExit(_aux_head(net))
    chain["head"] = _head(net)
    return chain


def inception(name: str, present: Present, five: Five, norm: BatchNorm | None) -> Fork:
    """The Inception module (paper, Figure 2): four looks at the same input, stacked along the channels.

    Args:
        name: what its widths are called by, before the column.
        present: which columns are there; without reductions it is Figure 2(a), with them Figure 2(b).
        five: how the 5×5 branch is realised.
        norm: the batch norm after each convolution; without it the convolutions have biases.
    """
    one, three_reduce, three, five_reduce, five_out, proj = (
        key if there else None for key, there in zip(column_keys(name), present, strict=True)
    )
    branches: dict[str, Chain] = {}
    if one:
        branches["one"] = conv("conv", one, 1, norm)
    if three:
        branches["three"] = _reduce(three_reduce, norm) | conv("conv", three, 3, norm)
    if five_out:
        branches["five"] = _reduce(five_reduce, norm) | conv("conv", five_out, 5 if five == "5x5" else 3, norm)
        if five == "3x3x2":
            branches["five"] |= conv("conv2", five_out, 3, norm)
    branches["pool"] = {"pool": MaxPool((3, 3), (1, 1), (1, 1))}
    if proj:
        branches["pool"] |= conv("proj", proj, 1, norm)
    return Fork(branches)


def conv(
    name: str, out: Width, kernel: int, norm: BatchNorm | None, stride: int = 1, padding: Padding | None = None
) -> Chain:
    """A square convolution that keeps the size at stride 1, its batch norm where there is one, and its ReLU."""
    around = (kernel // 2, kernel // 2) if padding is None else padding
    chain: Chain = {name: Conv(out, (kernel, kernel), (stride, stride), around, bias=norm is None)}
    if norm:
        chain[f"{name}_bn"] = norm
    return chain | {f"{name}_relu": ReLU()}


def _reduce(width: str | None, norm: BatchNorm | None) -> Chain:
    return conv("reduce", width, 1, norm) if width else {}


def batch_norm(norm: Norm, realisation: Realisation) -> BatchNorm | None:
    """The batch norm that follows each convolution, if any."""
    return BatchNorm(realisation.batch_norm_scale, realisation.batch_norm_eps) if norm == "batch" else None


def _norm(net: Skeleton) -> BatchNorm | None:
    return batch_norm(net.norm, net.realisation)


def _pool(net: Skeleton, kernel: int) -> MaxPool:
    same = net.realisation.padding == "same"
    return MaxPool((kernel, kernel), (2, 2), "same" if same else (0, 0), "ceil" if same else net.rounding)


def _stem(net: Skeleton) -> Chain:
    first, reduce, second = STEM
    norm = _norm(net)
    padding: Padding = "same" if net.realisation.padding == "same" else (3, 3)
    chain: Chain
    if net.depthwise_channels:
        maps = 8 * net.depthwise_channels
        depthwise = Conv(maps, (7, 7), (2, 2), padding, groups=net.depthwise_channels, bias=False)
        chain = {"conv1": {"depthwise": depthwise} | conv("pointwise", first, 1, norm)}
    else:
        chain = conv("conv1", first, 7, norm, stride=2, padding=padding)
    chain["pool1"] = _pool(net, 3)
    if net.norm == "lrn":
        chain["lrn1"] = LRN()
    chain["conv2"] = conv("reduce", reduce, 1, norm) | conv("conv", second, 3, norm)
    if net.norm == "lrn":
        chain["lrn2"] = LRN()
    chain["pool2"] = _pool(net, 3)
    return chain


def _aux_head(net: Skeleton) -> Chain:
    """An auxiliary classifier (paper, §5): a pool to 4×4, 128 1×1 filters, 1024 units, dropout 70 %, a linear layer."""
    adaptive = net.realisation.aux_pool == "adaptive 4x4"
    pool = AdaptiveAvgPool((4, 4)) if adaptive else AvgPool((5, 5), (3, 3), rounding="ceil")
    return {
        "pool": pool,
        **conv("conv", 128, 1, _norm(net)),
        "flatten": Flatten(),
        "fc": Linear(1024),
        "fc_relu": ReLU(),
        "dropout": Dropout(0.7),
        "linear": Linear("classes"),
    }


def _head(net: Skeleton) -> Chain:
    chain: Chain = {"pool": AdaptiveAvgPool((1, 1))} if net.head == "gap" else {}
    chain["dropout"] = Dropout(net.realisation.dropout)
    if net.realisation.classifier == "conv":
        return chain | {"conv": Conv("classes", (1, 1)), "flatten": Flatten(), "softmax": Softmax()}
    return chain | {"flatten": Flatten(), "linear": Linear("classes"), "softmax": Softmax()}
