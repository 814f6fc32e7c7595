"""The JSON API door by door: what the contract names, in its media type, with numbers from the paper and from torch."""

import ast
import csv
import io
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.published import TABLE_1, TORCHVISION, WIDTHS
from tests.web.doors import API, NETWORK, read
from tests.web.markup import parse

TOTALS = {
    "googlenet": (6_998_552, 1_582_671_872, 6_998_552, 1_582_671_872),
    "googlenet-naive": (97_526_008, 12_568_061_056, 97_526_008, 12_568_061_056),
    "googlenet-bn": (7_005_832, 1_582_671_872, 7_005_832, 1_582_671_872),
    "torchvision": (6_624_904, 1_498_376_192, 13_004_888, 1_506_748_416),
    "tf-slim": (6_617_624, 1_498_376_192, 6_617_624, 1_498_376_192),
    # 6,983,576 weights; biases of the paper's 7,280 convolution outputs and 1,000 classes
    "separable-stem": (6_983_576 + 8_280, 1_498_677_248, 6_983_576 + 8_280, 1_498_677_248),
}
"""Parameters and multiply-adds, at inference and in training: reference/facts.md, each confirmed by a real model."""
TOTAL_FIELDS = ["params", "macs", "flops", "activations", "peak_activations", "training_params", "training_macs"]
LAYER_FIELDS = [
    "path", "kind", "module", "branch", "phase", "inputs", "in_shapes", "out_shape", "kernel", "stride", "padding",
    "groups", "rounding", "params", "macs", "flops", "activations", "receptive_field", "formula",
]  # fmt: skip
MODULE = ["module", "kind", "widths", "in_shape", "out_shape", "branches", "totals"]
NAIVE_3A, REDUCED_3A = (416, 387_072 + 224, 303_464_448), (256, 163_328 + 368, 128_049_152)
"""Channels out, parameters and multiply-adds of module 3a, naive and as printed: reference/facts.md."""


def test_the_networks_are_listed_with_their_published_totals(client: TestClient) -> None:
    listed = read(client, f"{API}/networks")
    assert list(listed) == ["networks"]
    for each in listed["networks"]:
        assert list(each) == ["id", "title", "summary", "totals"]
        assert all(each.values())
    totals = {each["id"]: each["totals"] for each in listed["networks"]}
    names = ("params", "macs", "training_params", "training_macs")
    assert {id: tuple(sums[name] for name in names) for id, sums in totals.items()} == TOTALS


@pytest.mark.parametrize("network", TOTALS)
def test_an_analysis_has_the_fields_of_the_contract(client: TestClient, network: str) -> None:
    said = read(client, f"{API}/networks/{network}")
    assert list(said) == ["network", "state", "spec", "input", "totals", "modules", "layers", "warnings"]
    assert (said["network"], said["state"], said["input"], said["warnings"]) == (network, "", [3, 224, 224], [])
    assert list(said["totals"]) == TOTAL_FIELDS
    assert (said["totals"]["params"], said["totals"]["macs"]) == TOTALS[network][:2]
    assert said["totals"]["flops"] == 2 * said["totals"]["macs"]
    for module in said["modules"]:
        assert list(module) == ["name", "kind", "widths", "in_shape", "out_shape", "params", "macs"]
    assert [module["name"] for module in said["modules"]] == list(WIDTHS)
    for layer in said["layers"]:
        assert list(layer) == LAYER_FIELDS
        assert list(layer["receptive_field"]) == ["size", "jump"]
        assert list(layer["formula"]) == ["height", "width", "params", "macs"]
    assert said["layers"][-1]["kind"] == "softmax"
    for name in ("params", "macs"):
        assert sum(row[name] for row in said["layers"]) == said["totals"][f"training_{name}"]
        assert sum(row[name] for row in said["layers"] if row["phase"] == "inference") == said["totals"][name]
    inference = [row["activations"] for row in said["layers"] if row["phase"] == "inference"]
    assert sum(inference) == said["totals"]["activations"]


def test_the_papers_network_has_the_papers_modules_and_auxiliary_heads(client: TestClient) -> None:
    said = read(client, f"{NETWORK}?aux=on")
    assert said["state"] == "aux=on"
    assert (said["totals"]["training_params"], said["totals"]["training_macs"]) == (13_378_280, 1_591_044_096)
    for module in said["modules"]:
        row = TABLE_1[f"inception_{module['name']}"]
        assert module["widths"] == row["widths"]
        assert module["kind"] == "reduced"
        assert (module["params"], module["macs"]) == (row["computed_params_with_bias"], row["computed_macs"])


def test_torchvisions_layers_are_those_that_torchvision_ran(client: TestClient) -> None:
    ours = {row["path"]: row for row in read(client, f"{API}/networks/torchvision?aux=off")["layers"]}
    kinds = {"conv", "linear"}
    theirs = [row for row in TORCHVISION["rows"] if row["kind"] in kinds]
    mine = [row for row in ours.values() if row["kind"] in kinds]
    key = ("params", "macs")
    assert [[row[name] for name in key] for row in mine] == [[row[name] for name in key] for row in theirs]
    assert [row["out_shape"] for row in mine] == [row["out_shape"][1:] for row in theirs]
    assert [row["kernel"] for row in mine if row["kind"] == "conv"] == [row["k"] for row in theirs if "k" in row]


def test_the_layers_are_the_graph(client: TestClient) -> None:
    rows = read(client, f"{NETWORK}?4e.5x5=192")["layers"]
    seen = {"input": [3, 224, 224]}
    for row in rows:
        assert row["in_shapes"] == [seen[path] for path in row["inputs"]]
        seen[row["path"]] = row["out_shape"]
    assert seen["inception_4e.five.conv"] == [192, 14, 14]
    assert seen["inception_4e.concat"] == [256 + 320 + 192 + 128, 14, 14]


def test_a_variant_is_named_by_its_canonical_state(client: TestClient) -> None:
    said = read(client, f"{NETWORK}?aux=&4e.5x5=0192&width=1.0&norm=lrn")
    assert said["state"] == "4e=256,160,320,32,192,128"
    assert said == read(client, f"{NETWORK}?{said['state']}")


def test_a_head_whose_module_is_off_is_left_out_with_a_warning(client: TestClient) -> None:
    said = read(client, f"{NETWORK}?aux=on&4a=off")
    (warning,) = said["warnings"]
    assert "4a" in warning
    assert {row["path"].split(".")[0] for row in said["layers"] if row["phase"] == "training"} == {"aux2"}


def test_the_table_as_csv_follows_rfc_4180(client: TestClient) -> None:
    answer = client.get(f"{NETWORK}/layers.csv?aux=on")
    assert answer.headers["content-type"].split(";")[0] == "text/csv"
    assert answer.text.count("\r\n") == answer.text.count("\n")
    assert answer.text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline=""), strict=True))
    layers = read(client, f"{NETWORK}?aux=on")["layers"]
    assert set(LAYER_FIELDS) - {"formula"} <= set(rows[0])
    assert [(row["path"], row["kind"], int(row["params"]), int(row["macs"])) for row in rows] == [
        (layer["path"], layer["kind"], layer["params"], layer["macs"]) for layer in layers
    ]


def test_the_table_as_markdown_has_a_line_for_every_layer(client: TestClient) -> None:
    answer = client.get(f"{NETWORK}/layers.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    table = [line for line in answer.text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    for layer in read(client, NETWORK)["layers"]:
        assert sum(layer["path"] in line.split("|")[1].replace("`", "").split() for line in table) == 1, layer["path"]
    assert "6,998,552" in answer.text
    assert "1,582,671,872" in answer.text


def test_the_table_as_latex_is_a_booktabs_table(client: TestClient) -> None:
    answer = client.get(f"{NETWORK}/layers.tex")
    assert answer.headers["content-type"].split(";")[0] in ("application/x-tex", "text/x-tex")
    assert answer.text.index(r"\toprule") < answer.text.index(r"\midrule") < answer.text.index(r"\bottomrule")
    assert r"inception\_3a.five.conv" in answer.text
    assert "6,998,552" in answer.text.replace("{,}", ",")


def numbers(module: dict[str, Any]) -> tuple[int, int, int]:
    return module["out_shape"][0], module["totals"]["params"], module["totals"]["macs"]


def check_module(module: dict[str, Any]) -> None:
    for each in (module, module["twin"]):
        if each:
            assert list(each) == (MODULE if each is not module else [*MODULE, "twin"])
            assert [branch["name"] for branch in each["branches"]] == ["one", "three", "five", "pool"]
            for branch in each["branches"]:
                assert list(branch) == ["name", "out_channels", "layers", "params", "macs"]
                assert sum(row["macs"] for row in branch["layers"]) == branch["macs"]
            assert sum(branch["out_channels"] for branch in each["branches"]) == each["out_shape"][0]
            assert sum(branch["params"] for branch in each["branches"]) == each["totals"]["params"]


def test_a_module_stands_beside_its_naive_twin(client: TestClient) -> None:
    module = read(client, f"{NETWORK}/modules/3a")
    check_module(module)
    assert (module["module"], module["kind"], module["in_shape"]) == ("3a", "reduced", [192, 28, 28])
    assert (numbers(module), numbers(module["twin"])) == (REDUCED_3A, NAIVE_3A)
    assert module["twin"]["kind"] == "naive"
    assert module["branches"][2]["macs"] == 2_408_448 + 10_035_200
    assert module["twin"]["branches"][2]["macs"] == 120_422_400
    assert module["branches"][2]["layers"][0]["path"].startswith("inception_3a.five.")


def test_a_naive_module_stands_beside_the_reduced_one_of_its_network(client: TestClient) -> None:
    module = read(client, f"{NETWORK}/modules/3a?3a=naive")
    check_module(module)
    assert (numbers(module), numbers(module["twin"])) == (NAIVE_3A, REDUCED_3A)
    halved = read(client, f"{NETWORK}/modules/3a?3a=naive&width=0.5")
    assert halved["twin"]["widths"] == [32, 48, 64, 8, 16, 16]
    naive = read(client, f"{API}/networks/googlenet-naive/modules/3a")
    assert (numbers(naive), numbers(naive["twin"])) == (NAIVE_3A, REDUCED_3A)
    added = read(client, f"{NETWORK}/modules/3c?3c=naive:1,2,3")
    assert (added["kind"], added["twin"]) == ("naive", None)


def test_a_free_standing_module_has_no_name_and_when_naive_no_twin(client: TestClient) -> None:
    module = read(client, f"{API}/module?input=192x28x28&widths=64,96,128,16,32,32")
    check_module(module)
    assert module["module"] is None
    assert (numbers(module), numbers(module["twin"])) == (REDUCED_3A, NAIVE_3A)
    naive = read(client, f"{API}/module?input=192x28x28&widths=naive:64,128,32")
    check_module(naive)
    assert naive["twin"] is None
    assert numbers(naive) == NAIVE_3A


def test_a_free_standing_module_takes_five_norm_and_65536_channels(client: TestClient) -> None:
    widths = "widths=64,96,128,16,32,32"
    normed = read(client, f"{API}/module?input=192x28x28&{widths}&norm=batch")
    assert normed["totals"]["params"] == 163_328 + 2 * 368
    three = read(client, f"{API}/module?input=192x28x28&{widths}&five=3x3")
    assert three["totals"]["params"] == 163_328 + 368 - 16 * 16 * 32
    assert read(client, f"{API}/module?input=65536x1x1&{widths}")["in_shape"] == [65536, 1, 1]
    assert client.get(f"{API}/module?input=65537x1x1&{widths}").status_code == 422


def test_two_variants_are_compared_row_by_row(client: TestClient) -> None:
    said = read(client, f"{API}/compare?left=googlenet&right=torchvision%3Faux%3Doff")
    assert list(said) == ["left", "right", "rows", "totals"]
    assert said["left"] == {"network": "googlenet", "state": ""}
    assert said["right"] == {"network": "torchvision", "state": "aux=off"}
    assert list(said["totals"]) == ["left", "right", "delta"]
    assert said["totals"]["delta"]["params"] == 6_624_904 - 6_998_552
    assert said["totals"]["delta"]["macs"] == 1_498_376_192 - 1_582_671_872
    rows = {row["path"]: row for row in said["rows"]}
    for row in rows.values():
        assert list(row) == ["path", "left", "right", "params_delta", "macs_delta"]
    # conv1: the bias goes; its batch norm is new
    assert (rows["conv1"]["params_delta"], rows["conv1"]["macs_delta"]) == (-64, 0)
    assert rows["conv1_bn"]["left"] is None
    assert (rows["conv1_bn"]["right"]["params"], rows["conv1_bn"]["params_delta"]) == (128, 128)
    # 3×3 in place of 5×5, from 16 to 32 channels at 28 × 28, and without the bias
    assert rows["inception_3a.five.conv"]["params_delta"] == -16 * 16 * 32 - 32
    assert rows["inception_3a.five.conv"]["macs_delta"] == -16 * 16 * 32 * 28 * 28


def test_table_1_has_the_papers_rows_and_cells(client: TestClient) -> None:
    rows = read(client, f"{NETWORK}/table1")["rows"]
    assert [row["row"] for row in rows] == list(TABLE_1)
    for row in rows:
        theirs = TABLE_1[row["row"]]
        assert list(row) == [
            "row", "type", "patch", "stride", "out_shape", "depth", "widths", "params", "macs", "paper", "remark",
        ]  # fmt: skip
        assert row["paper"] == {"params": theirs["paper_params"], "ops": theirs["paper_ops"]}
        assert (row["params"], row["macs"]) == (theirs["computed_params_with_bias"], theirs["computed_macs"])
    added = read(client, f"{NETWORK}/table1?3c=64,96,128,16,32,32&5b=off")["rows"]
    assert [(row["row"], row["paper"]) for row in added if row["row"] == "inception_3c"] == [("inception_3c", None)]
    assert "inception_5b" not in [row["row"] for row in added]


def test_the_code_imports_only_torch_and_its_one_class_without_arguments_gives_logits(client: TestClient) -> None:
    torch = pytest.importorskip("torch")
    answer = client.get(f"{API}/networks/torchvision/model.py?classes=7&input=1x64x96")
    assert answer.headers["content-type"] == "text/x-python; charset=utf-8"
    imported = [node for node in ast.walk(ast.parse(answer.text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in imported]
    assert set(names) == {"torch"}
    space: dict[str, Any] = {"__name__": "model"}
    exec(answer.text, space)
    models = []
    with torch.device("meta"):
        for each in space.values():
            if isinstance(each, type) and issubclass(each, torch.nn.Module):
                try:
                    models.append(each())
                except TypeError:
                    continue  # a part, which needs arguments
    (model,) = models
    assert tuple(model.eval()(torch.empty((1, 1, 64, 96), device="meta")).shape) == (1, 7)
    for row in client.get(f"{API}/networks/torchvision?classes=7&input=1x64x96").json()["layers"]:
        if row["kind"] in ("conv", "linear", "batch_norm"):
            counted = sum(parameter.numel() for parameter in model.get_submodule(row["path"]).parameters())
            assert counted == row["params"], row["path"]


def test_every_listed_figure_is_there_as_json_and_as_a_page(client: TestClient) -> None:
    names = read(client, f"{NETWORK}/figures?3b=off")["figures"]
    assert len(names) == len(set(names)) >= 10
    for name in names:
        figure = read(client, f"{NETWORK}/figures/{name}?3b=off")
        assert list(figure) == ["data", "layout"]
        assert figure["data"]


def test_a_figure_to_take_home_needs_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get(f"{NETWORK}/figures/module-3a.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    page = parse(answer.text)
    assert not [each for each in page.all() if {"src", "href"} & set(each.attributes)]
    assert max(len(script.text) for script in page.all("script")) > 1_000_000  # Plotly itself
    figure = read(client, f"{NETWORK}/figures/module-3a")
    assert json.dumps(figure["data"][0]["x"], separators=(",", ":")) in answer.text.replace(" ", "")


def test_verify_says_what_torch_counts(client: TestClient) -> None:
    said = read(client, f"{API}/networks/torchvision/verify")
    assert list(said) == ["agrees", "rows", "torch_version", "seconds"]
    assert said["agrees"] is True
    for row in said["rows"]:
        assert list(row) == ["path", "shape", "params", "macs"]
        assert list(row["params"]) == ["analysis", "torch"]
    assert sum(row["params"]["torch"] for row in said["rows"]) == 13_004_888
    assert sum(row["macs"]["torch"] for row in said["rows"]) == 1_506_748_416
