"""What a changed module passes on, beside itself drawn large."""

from app.network.analysis import Analysis, analyse
from app.network.record import record
from app.network.variant import Variant
from app.render.cells import signed
from app.render.modules import module_rows
from app.words import say_many


@record
class CloseUp:
    """What a module gives on, held against the published network."""

    before: int | None
    """Channels that the network's own module gives, where that is another number."""
    follower: str
    """That the module after it reads another number of channels, in words; or nothing."""


def close_up(chosen: Variant, analysis: Analysis, name: str) -> CloseUp:
    """What the module of that name gives on."""
    now = {row.name: row for row in module_rows(chosen.spec, analysis)}
    own = {row.name: row for row in module_rows(chosen.network.spec, analyse(chosen.network.spec))}
    if name not in now or name not in own:
        return CloseUp(None, "")
    given, names = own[name].out_shape[0], list(now)
    after = names[names.index(name) + 1] if name != names[-1] else ""
    more = now[after].in_shape[0] - own[after].in_shape[0] if after in own else 0
    return CloseUp(
        given if given != now[name].out_shape[0] else None,
        _follows(after, more) if more else "",
    )


def _follows(module: str, more: int) -> str:
    return say_many(
        "{module} follows: {delta} input channel", "{module} follows: {delta} input channels", abs(more),
        module=module, delta=signed(more),
    )  # fmt: skip
