"""The commands, and their options: those of the doors that they ask, from the doors' own table."""

import argparse
from collections.abc import Iterable

from app.web.parameters import COMPARE_DOOR, FIT_DOOR, SWEEP_FORMATS, SWEEP_JOB, Parameter

COMMANDS = {
    "analyse": "every layer of a variant: shapes, parameters, multiply-adds",
    "sweep": "all combinations of the values of some keys",
    "fit": "the widest variant within budgets",
    "compare": "two variants, part by part",
}
"""What each answers."""
DOORS = {
    "analyse": (),
    "sweep": SWEEP_JOB,
    "fit": FIT_DOOR,
    "compare": (),
}
"""What each takes beside a state."""
FORMATS = {
    "json": "as the API answers",
    "csv": "rows alone (RFC 4180)",
    "parquet": "a Parquet file, where pyarrow is installed",
    "arrow": "Arrow's stream format, where pyarrow is installed",
}
EPILOG = "A variant is a query string: its keys are in the README and at /docs. A bad value ends with exit code 2."


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Adds the commands; without one `command` is None."""
    several = parser.add_subparsers(dest="command", metavar="command", title="commands")
    for name, text in COMMANDS.items():
        command = several.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=EPILOG, allow_abbrev=False
        )
        if name == "compare":
            for side in COMPARE_DOOR:
                command.add_argument(side.name, help="a variant, as googlenet or 'torchvision?aux=off'")
        else:
            command.add_argument("network", help="a network, as googlenet or 'googlenet?width=0.5'")
            command.add_argument(
                "--set", metavar="KEY=VALUE", action="append", default=[], help="a key of the state, as 4e.5x5=192"
            )
        _add_options(command, DOORS[name])
        if name in ("analyse", "compare"):
            command.add_argument("--layers", action="store_true", help="print every layer, none folded into its part")
        formats = command.add_mutually_exclusive_group()
        for format in SWEEP_FORMATS if name == "sweep" else ("json", "csv"):
            said = FORMATS[format]
            formats.add_argument(f"--{format}", dest="format", action="store_const", const=format, help=said)


def _add_options(command: argparse.ArgumentParser, door: Iterable[Parameter]) -> None:
    """Values are text here: what is allowed is said where the door's address is read, and in the same words."""
    for each in door:
        command.add_argument(
            f"--{each.name.replace('_', '-')}",
            metavar="KEY:START:STOP:STEP" if each.many else each.example,
            action="append",
            default=[],
            help=each.description.replace("`", "").replace("%", "%%"),
        )
