"""What the address of a sweep asks for: the grid, what its points share, and how they are written."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from app.network.catalog import Network
from app.network.catalog import network as published
from app.network.record import record
from app.network.space import Axis, Grid
from app.network.variant import COLUMN_KEYS, KEYS, MODULES, Value, Variant, check, variant
from app.render.arrow import to_arrow, to_parquet
from app.render.sweep import Report, silent, to_csv, to_json
from app.settings import Settings
from app.web import parameters
from app.web.address import STATE_KEYS, Limits, guard, parse_choices, parse_word, read_query, state
from app.web.described import describe
from app.web.vary import parse_axes

_ORDER = {key: at for at, key in enumerate(KEYS)}


@record
class Asked:
    """A grid of variants, and how it is to be written."""

    grid: Grid
    state: str
    """What all points share, as an address that gives the same grid."""
    format: str
    """`json`, `csv`, `arrow` or `parquet`."""

    def pieces(self, report: Report = silent) -> Iterator[bytes]:
        """The answer, bit by bit; `report` is told how far it is.

        Raises:
            Unavailable: what the format needs is not installed.
        """
        match self.format:
            case "csv":
                return to_csv(self.grid, report)
            case "arrow":
                return to_arrow(self.grid, self.state, report)
            case "parquet":
                return to_parquet(self.grid, self.state, report)
            case _:
                return to_json(self.grid, self.state, report)


def read_sweep(id: str, query: str, settings: Settings) -> Asked:
    """The grid that an address describes.

    Raises:
        BadInput, NotFound: as `parse_choices`, `parse_axes`, `Grid`; there is no such network.
    """
    network, limits = published(id), Limits.of(settings)
    values, varied = _read_varied(query)
    format = guard("format", values.pop("format", "json"), lambda text: parse_word(text, parameters.SWEEP_FORMATS))
    choices = parse_choices(network, values, limits)
    axes = parse_axes(varied, choices, limits, settings.max_sweep_points)
    if not axes:
        describe(variant(network, choices), query)
    shared = _shared(network, choices, axes)
    return Asked(Grid(network, choices, axes), shared, format)


def _read_varied(query: str) -> tuple[dict[str, str], list[str]]:
    """The values of all keys but `vary`, and those of `vary`, which alone may stand several times."""
    pairs = parse_qsl(query, keep_blank_values=True)
    varied = [value for key, value in pairs if key == "vary" and value]
    others = urlencode([pair for pair in pairs if pair[0] != "vary"])
    return read_query(others, STATE_KEYS.union(each.name for each in parameters.SWEEP_DOOR)), varied


def _shared(network: Network, choices: Mapping[str, Value], axes: Sequence[Axis]) -> str:
    """What all points of a grid share, as an address that gives the same grid.

    Canonical but for what depends on a varied key: widths that are those of the network at one multiplier are not at
    another, and a column cannot stand as its module beside another column of it that varies.
    """
    check(network, choices)
    varied = {axis.key for axis in axes}
    modules = {COLUMN_KEYS[key][0] for key in varied if key in COLUMN_KEYS}
    kept = {
        key: value
        for key, value in choices.items()
        if ("width" in varied and (key in MODULES or key in COLUMN_KEYS or key == "stem"))
        or (key in COLUMN_KEYS and COLUMN_KEYS[key][0] in modules)
    }
    rest = variant(network, {key: value for key, value in choices.items() if key not in kept}).choices
    together = {**kept, **rest}
    ordered = sorted(together, key=lambda key: (_ORDER[key.partition(".")[0]], key))
    return state(Variant(network, {key: together[key] for key in ordered}, network.spec, ()))
