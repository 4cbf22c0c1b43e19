"""Whether JSON is what a TypedDict says: every field there, of its type, and no other."""

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict


def problems(value, wanted, path: str = "it") -> list[str]:
    """What is wrong with a value, each with the way to it; empty for nothing."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return []
    if is_typeddict(wanted):
        return _fields(value, wanted, path)
    if origin in (Union, UnionType):
        found = [problems(value, one, path) for one in arguments]
        return [] if [] in found else min(found, key=len)
    if origin is Literal:
        return [] if value in arguments else [f"{path} is {value!r}, not one of {arguments}"]
    if origin is list:
        if not isinstance(value, list | tuple):
            return [f"{path} is {value!r}, not a list"]
        return [wrong for number, one in enumerate(value) for wrong in problems(one, arguments[0], f"{path}[{number}]")]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{path} is {value!r}, not a dict"]
        return [wrong for key, one in value.items() for wrong in problems(one, arguments[1], f"{path}[{key!r}]")]
    kinds = {float: (int, float), NoneType: NoneType}.get(wanted, wanted)
    right = isinstance(value, kinds) and (wanted is bool or not isinstance(value, bool))
    return [] if right else [f"{path} is {value!r}, not {getattr(wanted, '__name__', wanted)}"]


def _fields(value, wanted, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path} is {value!r}, not {wanted.__name__}"]
    fields = get_type_hints(wanted)  # which leaves NotRequired away
    found = [f"{path}.{name} is missing" for name in sorted(wanted.__required_keys__ - set(value))]
    found += [f"{path}.{name} is no field of {wanted.__name__}" for name in value if name not in fields]
    return found + [wrong for name, kind in fields.items() if name in value for wrong in problems(value[name], kind, f"{path}.{name}")]
