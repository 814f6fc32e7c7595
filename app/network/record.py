"""Immutable records that are cheap to make."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """A slotted dataclass that the type checker holds frozen.

    Python's own `frozen=True` sets each field through `object.__setattr__` and makes a record four times slower to
    build, and one analysis builds hundreds. Nothing may assign to a field: the strict type check says so. The strings
    under its fields describe them in the API too.
    """
    cls.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]
    return dataclass(slots=True, unsafe_hash=True)(cls)
