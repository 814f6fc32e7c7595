"""The same network with every module naive: what the 1×1 reductions are measured against."""

from functools import lru_cache

from app.network.analysis import Analysis, analyse
from app.network.spec import Module, Spec


@lru_cache(maxsize=256)
def all_naive(spec: Spec) -> Analysis:
    """Widths and chain kept, reductions and pool projections left out."""
    modules = tuple(Module(name=module.name, widths=module.widths.naive) for module in spec.modules)
    return analyse(spec.model_copy(update={"modules": modules}))
