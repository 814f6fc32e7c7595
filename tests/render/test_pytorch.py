"""The printed code carries the spec and nothing else: its syntax tree has no place where anything could stand."""

import ast
import io
import re
from tokenize import COMMENT, generate_tokens

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.network.catalog import NETWORKS
from app.render.pytorch import to_pytorch
from app.web.address import state
from app.web.described import read_described
from tests.examples import analysis_of, variant_of
from tests.garbage import LIMITS, queries, refused
from tests.strategies import addresses, query

NODES = (
    ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.Assign, ast.ClassDef, ast.FunctionDef, ast.arguments,
    ast.arg, ast.Expr, ast.Return, ast.If, ast.For, ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Constant,
    ast.Tuple, ast.List, ast.IfExp, ast.Compare, ast.Eq, ast.UnaryOp, ast.USub, ast.JoinedStr, ast.FormattedValue,
    ast.GeneratorExp, ast.comprehension, ast.Load, ast.Store,
)  # fmt: skip
"""What the code is made of: no lambda, no subscript, no operator, nothing asynchronous, no exception, no deletion."""
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
CALLED = {
    "chain", "shift_norm", "super", "sum", "print", "tuple", "float", "GoogLeNet", "torch.cat", "torch.zeros",
    "nn.Sequential", "nn.Conv2d", "nn.Linear", "nn.MaxPool2d", "nn.AvgPool2d", "nn.AdaptiveAvgPool2d",
    "nn.LocalResponseNorm", "nn.BatchNorm2d", "nn.ReLU", "nn.Dropout", "nn.Flatten", "nn.functional.pad",
}  # fmt: skip
"""What it calls by name."""
METHODS = {"add_module", "register_parameter", "items", "parameters", "numel", "eval", "__init__"}
"""What it calls of objects, beside the layers that it made itself."""
TEXTS = {"GoogLeNet", "__main__", "weight", "-inf", " parameters", ","}
"""Texts that are no docstrings."""
OUR_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def printed(network: str, text: str) -> tuple[str, str]:
    """The code of a variant, and its canonical address."""
    chosen = variant_of(network, text)
    here = f"{network}?{state(chosen)}" if state(chosen) else network
    return to_pytorch(chosen.spec, analysis_of(network, text), here), here


def said(code: str, address: str) -> set[str]:
    """Docstrings and comments without the address and without any number."""
    tree = ast.parse(code)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, DOCUMENTED)]
    texts += [each.string for each in generate_tokens(io.StringIO(code).readline) if each.type == COMMENT]
    return {re.sub(r"[0-9,]+( × [0-9]+)*", "N", text.replace(f"describes it: {address}\n", "")) for text in texts}


def check(code: str, address: str) -> None:
    """Walks through all of it."""
    tree = ast.parse(code)
    documents = {id(node.body[0]) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    quoted = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and id(node) in documents}
    for node in ast.walk(tree):
        assert isinstance(node, NODES), ast.dump(node)
        match node:
            case ast.Import(names=names):
                assert [(each.name, each.asname) for each in names] == [("torch", None)]
            case ast.ImportFrom(module=module, names=names):
                assert (module, [(each.name, each.asname) for each in names]) == ("torch", [("nn", None)])
            case ast.Call(func=called):
                _check_call(ast.unparse(called))
            case ast.Constant(value=str(text)):
                assert id(node) in quoted or text in TEXTS, text
            case ast.Constant(value=value):
                assert value is None or isinstance(value, bool | int | float)
            case ast.Name(id=name):
                assert OUR_NAME.fullmatch(name) or name in ("__name__", "__all__")
            case ast.Attribute(value=ast.Name(id="torch" | "nn")):
                assert ast.unparse(node) in CALLED | {"nn.Module", "nn.functional"}
            case ast.Attribute(attr=name):
                assert OUR_NAME.fullmatch(name) or name == "__init__"
            case _:
                pass
    assert said(code, address) <= SAID


def _check_call(called: str) -> None:
    """A class or function of the list, a method of it, or a layer of the network's own."""
    object_, _, method = called.rpartition(".")
    assert (
        called in CALLED
        or method in METHODS
        or re.fullmatch(r"self\.\w+", called)
        or re.fullmatch(r"(Naive)?Inception\d*|model", called)
    ), called
    assert "__" not in called.replace("super().__init__", ""), called
    assert object_ not in ("os", "sys", "builtins"), called


SAID = {
    text
    for network in NETWORKS
    for query in ("", "aux=on", "aux=off", "modules=naive")
    if not {"aux", "modules"} & NETWORKS[network].fixed & {query.partition("=")[0]}
    for text in said(*printed(network, query))
}
"""What the code of published networks says."""


@given(addresses())
def test_the_code_has_only_what_the_spec_says(address: tuple[str, dict[str, str]]) -> None:
    network, values = address
    check(*printed(network, query(values)))


@given(network=st.sampled_from(tuple(NETWORKS)), garbage=queries())
def test_garbage_gives_code_of_its_canonical_address_or_none(network: str, garbage: str) -> None:
    found = refused(lambda: read_described(network, garbage, LIMITS)[0])
    if found:
        check(to_pytorch(found.variant.spec, found.analysis, found.address), found.address)


@pytest.mark.parametrize(
    "hostile",
    [
        "import os", "__import__('os')", "exec('1')", "open('x')", "x = 1 + 1", "lambda: 1", "del torch", "a.b.c()",
        "torch.load('x')", "nn.Module.__subclasses__()", "print('anything')", "self.__class__()", "# a comment",
        '"""A text."""', "f'{torch.hub}'", "x = [1][0]", "@chain\ndef f(): pass", "assert 1", "while 1: pass",
    ],
)  # fmt: skip
def test_anything_more_is_found(hostile: str) -> None:
    code, address = printed("googlenet", "")
    with pytest.raises(AssertionError):
        check(f"{code}\n{hostile}\n", address)
