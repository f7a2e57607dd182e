"""What was posted, as nested text: `lines-0-lots-1-code=A` is {"lines": [{"lots": [{"code": "A"}]}]}.

Nothing is judged here and nothing is lost: reading and judging is the steps' work (nopic.requests.steps).
"""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

MOST = 200  # entries of one list
NOT_ANSWERS = frozenset({"csrfmiddlewaretoken", "revision", "go", "line"})


def typed(post: QueryDict) -> dict[str, Any]:
    """The answers of one step; lists are kept in the order of their numbers, without gaps."""
    tree: dict[str, Any] = {}
    for name in post:
        if name in NOT_ANSWERS:
            continue
        _put(tree, name.split("-"), str(post[name]))
    return _shaped(_listed(tree))


def _shaped(raw: dict[str, Any]) -> dict[str, Any]:
    """Groups are lists of entries, whatever names somebody made up; the pages' own names always are."""
    for name in ("lines", "containers"):
        if name in raw:
            raw[name] = _entries(raw[name])
    for line in raw.get("lines", []):
        if not isinstance(line.get("lots", ""), str):
            line["lots"] = _entries(line["lots"])
    return raw


def _entries(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for part in path[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            return  # a name that is a value and a group at once: no page of ours sends it
        tree = below
    tree[path[-1]] = value


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdecimal() and len(key) < 5 for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)[:MOST]]
    return {key: _listed(value) for key, value in node.items()}


def flat(raw: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """The way back: names and texts as the form posts them, for pages that carry answers along."""
    pairs: list[tuple[str, str]] = []
    for key, value in raw.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            pairs += flat(value, f"{name}-")
        elif isinstance(value, list):
            for at, entry in enumerate(value):
                pairs += flat(entry, f"{name}-{at}-") if isinstance(entry, Mapping) else [(f"{name}-{at}", str(entry))]
        else:
            pairs.append((name, str(value)))
    return pairs
