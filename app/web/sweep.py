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
    varied: tuple[str, ...]
    """The values of `vary`."""
    format: str
    """`json`, `csv`, `arrow` or `parquet`."""

    @property
    def address(self) -> str:
        """Of the same grid, in the API."""
        varied = urlencode([("vary", each) for each in self.varied], safe=",:")
        return f"/api/v1/networks/{self.grid.network.id}/sweep?{'&'.join(filter(None, (self.state, varied)))}".rstrip(
            "?"
        )

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


def read_sweep(
    id: str, query: str, limits: Limits, most: int, door: Sequence[parameters.Parameter] = parameters.SWEEP_DOOR
) -> Asked:
    """The grid that an address describes.

    Args:
        id: of the network.
        query: of the address.
        limits: of the values.
        most: points.
        door: the keys that it may have beside those of a state.

    Raises:
        BadInput, NotFound: as `parse_choices`, `parse_axes`, `Grid`; there is no such network.
    """
    network = published(id)
    pairs = parse_qsl(query, keep_blank_values=True)
    varied = tuple(value for key, value in pairs if key == "vary" and value)
    others = urlencode([pair for pair in pairs if pair[0] != "vary"])  # which alone may stand several times
    values = read_query(others, STATE_KEYS.union(each.name for each in door))
    format = guard("format", values.pop("format", "json"), lambda text: parse_word(text, parameters.SWEEP_FORMATS))
    choices = parse_choices(network, values, limits)
    axes = parse_axes(varied, choices, limits, most)
    if not axes:
        describe(variant(network, choices), query)
    shared = _shared(network, choices, axes)
    return Asked(Grid(network, choices, axes), shared, varied, format)


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
