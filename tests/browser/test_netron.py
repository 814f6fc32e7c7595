"""The ONNX file in Netron's own reader, which its package ships: what a visitor sees who opens it there."""

import mimetypes
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.serving import Server

pytestmark = pytest.mark.browser

SITE = "http://netron.test/"
READ = """async () => {
    const [view, base] = await Promise.all([import('/view.js'), import('/base.js')]);
    const bytes = new Uint8Array(await (await fetch('/model.onnx')).arrayBuffer());
    const context = {
        identifier: 'model.onnx',
        stream: new base.BinaryStream(bytes),
        asset: async (name) => (await fetch('/' + name)).text(),
        require: (name) => import('/' + name.replace('./', '') + '.js'),
        error: (error) => { throw error; },
    };
    const model = await new view.ModelFactoryService(context).open(context);
    const [graph] = model.modules;
    const zeros = (tensor) => [new base.Tensor(tensor).value].flat(9).every((each) => each === 0);
    const values = (list) => list.flatMap((each) => each.value).map(
        (value) => ({ name: value.name, type: String(value.type), weights: Boolean(value.initializer),
                      zeros: Boolean(value.initializer) && zeros(value.initializer) }));
    return {
        format: model.format,
        producer: model.producer,
        inputs: values(graph.inputs),
        outputs: values(graph.outputs),
        nodes: graph.nodes.map((node) => ({
            name: node.name, type: node.type.name, says: node.description || '',
            inputs: values(node.inputs), outputs: values(node.outputs),
        })),
    };
}"""


def opened(browser: Browser, file: bytes) -> Any:
    """What the reader makes of a file; a site that does not exist serves it, and nothing else is asked for."""
    package = find_spec("netron")
    assert package
    assert package.submodule_search_locations
    home = Path(package.submodule_search_locations[0])

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(SITE)
        if name == "model.onnx":
            route.fulfill(body=file)
        elif name and (home / name).is_file():
            route.fulfill(path=home / name, content_type=mimetypes.guess_type(name)[0])
        else:
            route.fulfill(body="", content_type="text/html", status=404 if name else 200)

    page = browser.new_page()
    page.route("**", serve)
    page.goto(SITE)
    read = page.evaluate(READ)
    page.close()
    return read


@pytest.mark.parametrize("network", ["googlenet", "torchvision", "tf-slim"])
@pytest.mark.parametrize("weights", ["", "&weights=1"])
def test_netron_shows_every_row_with_its_shape_and_its_weights_inside(
    server: Server, browser: Browser, network: str, weights: str
) -> None:
    state = "input=96&width=0.25&classes=20"
    here = f"{server.url}/api/v1/networks/{network}"
    with browser.new_context() as context:
        rows = context.request.get(f"{here}?{state}").json()["layers"]
        read = opened(browser, context.request.get(f"{here}/model.onnx?{state}{weights}").body())
    assert (read["format"], read["producer"]) == ("ONNX v10", "Inception Explorer")
    # the image alone is a box above the graph
    assert read["inputs"] == [{"name": "input", "type": "float32[batch,3,96,96]", "weights": False, "zeros": False}]
    assert [node["name"] for node in read["nodes"]] == [row["path"] for row in rows]
    for node, row in zip(read["nodes"], rows, strict=True):
        (output,) = node["outputs"]
        assert output["name"] == row["path"]
        assert output["type"] == f"float32[batch,{','.join(map(str, row['out_shape']))}]"
        assert [each["name"] for each in node["inputs"] if not each["weights"]] == row["inputs"]
        assert f"{row['params']:,} parameters" in node["says"] or not row["params"]
    (conv1,) = [node for node in read["nodes"] if node["name"] == "conv1"]
    assert conv1["inputs"][1] == {
        "name": "conv1.weight", "type": "float32[16,3,7,7]", "weights": True, "zeros": not weights,
    }  # fmt: skip
