"""Variants by their address, for tests that look at one."""

from app.network.analysis import Analysis, Layer, analyse, assemble
from app.network.catalog import NETWORKS
from app.network.graph import lay_link, verify
from app.network.ops import Block
from app.network.spec import Shape
from app.network.variant import Variant
from app.render.report import Report, report
from app.web.address import STATE_KEYS, Limits, parse, read_query, state


def variant_of(network: str = "googlenet", query: str = "") -> Variant:
    """The variant at an address, `query` without a question mark."""
    return parse(NETWORKS[network], read_query(query, STATE_KEYS), Limits())


def canonical(network: str, query: str) -> str:
    """The canonical form of an address."""
    return state(variant_of(network, query))


def analysis_of(network: str = "googlenet", query: str = "") -> Analysis:
    """Its analysis."""
    return analyse(variant_of(network, query).spec)


def layers_of(network: str = "googlenet", query: str = "") -> dict[str, Layer]:
    """Its layers by path."""
    return {layer.node.path: layer for layer in analysis_of(network, query).layers}


def report_of(network: str = "googlenet", query: str = "") -> Report:
    """Its report."""
    chosen = variant_of(network, query)
    return report(chosen, analyse(chosen.spec), state(chosen))


def counted(block: Block, shape: Shape) -> Analysis:
    """The analysis of any block on its own, for an input of that shape."""
    link = lay_link(block)
    verify(link.graph)
    return assemble((link,), shape, {})
