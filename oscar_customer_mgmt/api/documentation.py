"""The schema as a page for people, with nothing fetched from anywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_ORDER = ("get", "post", "put", "patch", "delete")


@dataclass
class Entry:
    """One row of a table: a parameter, a field, or an answer."""

    name: str
    kind: str = ""
    words: str = ""
    is_required: bool = False
    place: str = ""


@dataclass
class Operation:
    """One method of one address."""

    method: str
    path: str
    name: str
    summary: str
    words: str
    body: str
    parameters: list[Entry]
    answers: list[Entry]


@dataclass
class Section:
    """The operations that share the first word of their path."""

    name: str
    operations: list[Operation] = field(default_factory=list)


@dataclass
class Shape:
    """A JSON object with its fields."""

    name: str
    words: str
    fields: list[Entry]


def sections(schema: Mapping[str, Any]) -> list[Section]:
    """Return every operation of the schema, in sections."""
    found: dict[str, Section] = {}
    for path, methods in schema["paths"].items():
        for method in sorted(methods, key=_ORDER.index):
            operation = methods[method]
            tag = operation["tags"][0]
            found.setdefault(tag, Section(tag)).operations.append(_operation(path, method, operation))
    return list(found.values())


def shapes(schema: Mapping[str, Any]) -> list[Shape]:
    """Return every object and choice that the operations name."""
    components = schema["components"]["schemas"]
    return [
        Shape(
            name,
            component.get("description", "") or " · ".join(repr(value) for value in component.get("enum", ())),
            [
                Entry(key, kind_of(value), value.get("description", ""), key in component.get("required", ()))
                for key, value in component.get("properties", {}).items()
            ],
        )
        for name, component in components.items()
    ]


def kind_of(schema: Mapping[str, Any]) -> str:
    """Return the type of a value in a few words: ``array of Address``, ``string (date) or null``, ``yes | no``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return " or ".join(kind_of(option) for option in schema[word])
    if "enum" in schema:
        return " | ".join(str(value) or '""' for value in schema["enum"])
    kinds = schema.get("type", "any")
    names = [_kind(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    return " or ".join(names)


def _kind(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "array":
        return f"array of {kind_of(schema.get('items', {}))}"
    return f"{kind} ({schema['format']})" if "format" in schema and kind != "null" else kind


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        name=operation["operationId"],
        summary=operation.get("summary", ""),
        words=operation.get("description", ""),
        body=_content(operation.get("requestBody", {})),
        parameters=[
            Entry(
                found["name"],
                kind_of(found["schema"]),
                found.get("description", ""),
                found["in"] == "path",
                found["in"],
            )
            for found in operation.get("parameters", ())
        ],
        answers=[
            Entry(code, _content(answer), answer.get("description", ""))
            for code, answer in operation["responses"].items()
        ],
    )


def _content(holder: Mapping[str, Any]) -> str:
    for content in holder.get("content", {}).values():
        return kind_of(content.get("schema", {}))
    return ""
