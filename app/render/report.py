"""The whole analysis of a variant, as the API answers it."""

from app.network.analysis import Analysis, Totals
from app.network.record import record
from app.network.spec import Shape, Spec
from app.network.variant import Variant
from app.render.modules import ModuleRow, module_rows
from app.render.rows import Row, rows


@record
class Report:
    """A network's shapes and costs."""

    network: str
    """Id of the published network that it varies."""
    state: str
    """Its canonical query string, without a leading question mark."""
    spec: Spec
    """Its description, as `POST /analysis` accepts it."""
    input: Shape
    """[C, H, W]."""
    totals: Totals
    """Sums over the network."""
    modules: tuple[ModuleRow, ...]
    """In the order they run."""
    layers: list[Row]
    """In the order they run; the last is the softmax."""
    warnings: tuple[str, ...]
    """What was asked for and could not be."""


def report(chosen: Variant, analysis: Analysis, state: str) -> Report:
    """The report of a variant; `state` is its canonical address."""
    return Report(
        chosen.network.id,
        state,
        chosen.spec,
        chosen.spec.input,
        analysis.totals,
        module_rows(chosen.spec, analysis),
        rows(analysis),
        chosen.warnings,
    )
