"""Blocks laid out as nodes: who feeds whom, in which order, under which names; and what cannot be run."""

from collections import Counter

import pytest
from hypothesis import given

from app.network.catalog import NETWORKS
from app.network.graph import INPUT, BadGraph, Graph, Node, build, lay, verify
from app.network.ops import Add, Block, Concat, Conv, Fork, Linear, MaxPool, ReLU, SideExit, Softmax
from tests.examples import variant_of
from tests.strategies import addresses, query

CONV, RELU = Conv(8, (1, 1)), ReLU()


def nodes(network: str, query: str = "") -> dict[str, Node]:
    return {node.path: node for node in build(variant_of(network, query).spec.skeleton)}


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        ((Node("a", RELU, (INPUT,)), Node("a", RELU, ("a",))), "a stands twice"),
        ((Node(INPUT, RELU, (INPUT,)),), "input stands twice"),
        ((Node("a", RELU, ("b",)), Node("b", RELU, (INPUT,))), "a reads b, which does not stand before it"),
        ((Node("a", RELU, ("nowhere",)),), "a reads nowhere, which does not stand before it"),
        ((Node("a", RELU, ("a",)),), "a reads a, which does not stand before it"),
        ((Node("a", RELU, (INPUT, INPUT)),), "a has 2 inputs, and its kind reads exactly one"),
        ((Node("a", CONV, ()),), "a has 0 inputs, and its kind reads exactly one"),
        ((Node("a", Concat(), ()),), "a has 0 inputs, and its kind reads exactly one"),
    ],
)
def test_a_graph_that_cannot_be_run_is_refused_by_the_node(graph: Graph, message: str) -> None:
    with pytest.raises(BadGraph) as refused:
        verify(graph)
    assert str(refused.value) == message


def test_merging_layers_read_any_number_of_inputs() -> None:
    verify((Node("a", RELU, (INPUT,)), Node("b", Concat(), ("a",)), Node("c", Add(), ("a", "b", INPUT))))


@given(addresses())
def test_every_variant_can_be_run_in_its_order(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    verify(build(variant_of(network, query(values)).spec.skeleton))


def test_a_chain_feeds_each_layer_from_the_one_before() -> None:
    assert lay({"one": RELU, "deep": {"two": RELU, "three": RELU}, "four": RELU}, "net", "image") == (
        Node("net.one", RELU, ("image",)),
        Node("net.deep.two", RELU, ("net.one",)),
        Node("net.deep.three", RELU, ("net.deep.two",)),
        Node("net.four", RELU, ("net.deep.three",)),
    )


def test_a_fork_feeds_every_branch_from_its_input_and_merges_them_in_order() -> None:
    block: Block = {
        "first": RELU,
        "inception_9z": Fork({"a": {"x": CONV, "y": RELU}, "b": MaxPool((3, 3), (1, 1)), "c": {}}),
    }
    assert lay(block)[1:] == (
        Node("inception_9z.a.x", CONV, ("first",), "9z", "a"),
        Node("inception_9z.a.y", RELU, ("inception_9z.a.x",), "9z", "a"),
        Node("inception_9z.b", MaxPool((3, 3), (1, 1)), ("first",), "9z", "b"),
        Node("inception_9z.concat", Concat(), ("inception_9z.a.y", "inception_9z.b", "first"), "9z"),
    )


def test_a_fork_within_a_branch_stays_in_the_branch() -> None:
    inner = Fork({"h": CONV, "w": CONV}, Add())
    laid = lay({"m": Fork({"deep": {"in": CONV, "split": inner}, "flat": CONV})})
    assert [(node.path, node.module, node.branch) for node in laid] == [
        ("m.deep.in", "m", "deep"),
        ("m.deep.split.h", "m", "deep"),
        ("m.deep.split.w", "m", "deep"),
        ("m.deep.split.add", "m", "deep"),
        ("m.flat", "m", "flat"),
        ("m.concat", "m", None),
    ]
    assert laid[-1].inputs == ("m.deep.split.add", "m.flat")


def test_a_side_exit_runs_in_training_and_gives_the_trunk_nothing() -> None:
    laid = lay({"a": RELU, "aux": SideExit({"fc": Linear(3), "more": RELU}), "b": RELU})
    assert [(node.path, node.inputs, node.phase) for node in laid] == [
        ("a", (INPUT,), "inference"),
        ("aux.fc", ("a",), "training"),
        ("aux.more", ("aux.fc",), "training"),
        ("b", ("a",), "inference"),
    ]


def test_a_module_runs_one_three_five_pool_then_concat() -> None:
    paths = [path.removeprefix("inception_3a.") for path, node in nodes("googlenet").items() if node.module == "3a"]
    assert paths == [
        "one.conv", "one.conv_relu", "three.reduce", "three.reduce_relu", "three.conv", "three.conv_relu",
        "five.reduce", "five.reduce_relu", "five.conv", "five.conv_relu", "pool.pool", "pool.proj", "pool.proj_relu",
        "concat",
    ]  # fmt: skip


def test_a_naive_module_reads_its_input_everywhere_and_passes_the_pooled_one_through() -> None:
    module = nodes("googlenet", "3a=naive")
    convs = [module[f"inception_3a.{branch}.conv"] for branch in ("one", "three", "five")]
    assert {node.inputs for node in convs} == {("pool2",)}
    assert module["inception_3a.concat"].inputs == (
        "inception_3a.one.conv_relu", "inception_3a.three.conv_relu", "inception_3a.five.conv_relu",
        "inception_3a.pool.pool",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("five", "convs"),
    [
        ("5x5", [((5, 5), (2, 2))]),
        ("3x3", [((3, 3), (1, 1))]),
        ("3x3x2", [((3, 3), (1, 1)), ((3, 3), (1, 1))]),
    ],
)
def test_the_five_branch_is_realised_as_asked(five: str, convs: list[object]) -> None:
    ops = [
        node.op for path, node in nodes("googlenet", f"five={five}").items() if path.startswith("inception_3a.five.")
    ]
    found = [op for op in ops if isinstance(op, Conv)]
    assert [(op.kernel, op.padding) for op in found[1:]] == convs
    assert {op.out for op in found[1:]} == {"3a.5x5"}


@given(addresses())
def test_each_conv_has_one_relu_but_a_depthwise_one_and_logits(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    graph = build(variant_of(network, query(values)).spec.skeleton)
    own = [node for node in graph if isinstance(node.op, Conv) and node.path not in ("conv1.depthwise", "head.conv")]
    paths = {node.path for node in graph}
    assert all(f"{node.path}_relu" in paths for node in own)
    fully_connected = [node.path for node in graph if node.path.endswith(".fc")]
    assert sum(isinstance(node.op, ReLU) for node in graph) == len(own) + len(fully_connected)


@given(addresses())
def test_the_softmax_comes_last_and_only_there(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    graph = build(variant_of(network, query(values)).spec.skeleton)
    assert [node.path for node in graph if isinstance(node.op, Softmax)] == [graph[-1].path] == ["head.softmax"]


def test_heads_stand_after_their_modules() -> None:
    paths = list(nodes("googlenet", "aux=on"))
    assert paths.index("aux1.pool") == paths.index("inception_4a.concat") + 1
    assert paths.index("aux2.pool") == paths.index("inception_4d.concat") + 1
    assert not [path for path in nodes("googlenet", "aux=on&4a=off") if path.startswith("aux1")]


def test_the_network_has_22_layers_on_its_longest_path_and_4_to_the_9_paths() -> None:
    graph = build(NETWORKS["googlenet"].spec.skeleton)
    depths: dict[str, Counter[int]] = {INPUT: Counter([0])}
    for node in graph:
        here: Counter[int] = Counter()
        for source in node.inputs:
            here.update({depth + isinstance(node.op, Conv | Linear): n for depth, n in depths[source].items()})
        depths[node.path] = here
    paths = depths["head.softmax"]
    assert (min(paths), max(paths), paths.total(), paths[22]) == (13, 22, 4**9, 512)
    assert sum(depth * n for depth, n in paths.items()) / paths.total() == 17.5
    assert sum(isinstance(node.op, Conv) for node in graph) == 57
    assert sum(isinstance(node.op, Linear) for node in graph) == 1
