"""What a run is told of the network: its depths and heads against networkx's paths, its reduced form against torch."""

import pickle
import subprocess
import sys
from typing import Any

import networkx
import pytest
import torch
from torch import nn

from app.lab.plan import plan, reduced, with_heads
from app.lab.runs import GradientSettings, LatencySettings, TrainingSettings
from app.network.analysis import Analysis, analyse
from app.network.catalog import NETWORKS
from app.render.pytorch import to_pytorch
from tests.examples import analysis_of, variant_of


def drawn(analysis: Analysis) -> "networkx.DiGraph[str]":
    """The rows as a graph whose edges weigh 1 where the layer that they lead to has parameters."""
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    for layer in analysis.layers:
        for source in layer.node.inputs:
            graph.add_edge(source, layer.node.path, weight=int(layer.params > 0))
    return graph


@pytest.mark.parametrize(
    ("network", "query"), [("googlenet", "aux=on"), ("torchvision", "4b=off&5c=1,0,0,0,0,0"), ("separable-stem", "")]
)
def test_depths_and_heads_are_those_of_the_paths(network: str, query: str) -> None:
    analysis = analysis_of(network, query)
    graph = drawn(analysis)
    for layer in plan(analysis):
        before = graph.subgraph(networkx.ancestors(graph, layer.path) | {layer.path})
        assert layer.depth == networkx.dag_longest_path_length(before)
        after = networkx.descendants(graph, layer.path) | {layer.path}
        assert layer.training == layer.path.startswith("aux")
        assert layer.heads == tuple(head for head in ("aux1", "aux2") if f"{head}.linear" in after)


def test_depths_that_the_paper_counts() -> None:
    depths = {layer.path: layer.depth for layer in plan(analysis_of(query="aux=on"))}
    assert depths["conv1"] == 1
    assert depths["inception_4a.three.conv"] == 9
    assert depths["head.linear"] == 22  # §5: 22 layers with parameters


def test_every_layer_but_the_softmax_is_planned_once() -> None:
    analysis = analysis_of(query="aux=on")
    assert [layer.path for layer in plan(analysis)] == [layer.node.path for layer in analysis.layers[:-1]]
    assert [layer.path for layer in plan(analysis) if layer.linear] == [
        "aux1.fc", "aux1.linear", "aux2.fc", "aux2.linear", "head.linear"
    ]  # fmt: skip


def test_heads_are_attached_where_the_network_has_any() -> None:
    assert with_heads(variant_of(query="4a=off").spec) == variant_of(query="4a=off&aux=on").spec
    slim = variant_of("tf-slim").spec
    assert with_heads(slim) == slim


@pytest.mark.parametrize("network", NETWORKS)
def test_the_reduced_network_is_the_one_that_its_address_describes(network: str) -> None:
    aux = "" if network == "tf-slim" else "&aux=on"
    by_address = variant_of(network, f"width=0.3&input=64&classes=10{aux}")
    assert reduced(variant_of(network).spec, TrainingSettings(width=0.3)).described == by_address.spec.described


def test_widths_of_a_visitors_own_are_reduced_too() -> None:
    own = variant_of(query="3a=64,96,129,16,33,0&4a=off&stem=10,20,30&input=2x100x200&classes=7").spec
    small = reduced(own, TrainingSettings(width=0.25, side=80))
    assert small.stem == (3, 5, 8)
    assert small.modules[0].widths == (16, 24, 32, 4, 8, 0)
    assert (small.input, small.classes, small.aux_heads) == ((2, 80, 80), 10, ("aux2",))
    module = run(to_pytorch(small, analyse(small), "a test's"))
    main, head = module.train()(torch.zeros(2, *small.input))
    assert main.shape == head.shape == (2, 10)


def run(source: str) -> nn.Module:
    namespace: dict[str, Any] = {"__name__": "printed"}
    exec(source, namespace)
    module = namespace["GoogLeNet"]()
    assert isinstance(module, nn.Module)
    return module


def test_what_a_worker_is_sent_arrives_unchanged() -> None:
    layers = plan(analysis_of(query="aux=on"))
    for sent in (layers, GradientSettings(initialisation="he"), LatencySettings(batch=2), TrainingSettings(width=0.5)):
        assert pickle.loads(pickle.dumps(sent)) == sent


def test_the_choices_need_no_torch() -> None:
    text = "import sys, app.lab.plan, app.lab.runs; sys.exit(bool({'torch', 'sklearn'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0


@pytest.mark.parametrize("settings", [GradientSettings, LatencySettings, TrainingSettings])
def test_every_choice_is_described_and_bounded(settings: type[GradientSettings]) -> None:
    schema = settings.model_json_schema()
    assert schema["additionalProperties"] is False
    for name, choice in schema["properties"].items():
        assert choice["description"], name
        kinds = choice.get("anyOf", [choice])
        numbers = [kind for kind in kinds if kind.get("type") in ("integer", "number")]
        assert all("maximum" in kind and {"minimum", "exclusiveMinimum"} & set(kind) for kind in numbers), name


@pytest.mark.parametrize(
    ("initialisation", "conv_bias", "used"),
    [("xavier", None, 0.2), ("glorot", None, 0.2), ("gaussian", None, 0.0), ("he", None, 0.0), ("xavier", 0.0, 0.0)],
)
def test_the_bias_goes_with_the_initialisation(initialisation: str, conv_bias: float | None, used: float) -> None:
    chosen = GradientSettings.model_validate({"initialisation": initialisation, "conv_bias": conv_bias})
    assert chosen.filled.conv_bias == used
