#!/usr/bin/env python3
"""Makes compiler/src/catalog/tests/facts.json, which the catalog is held against.

    tests/catalog/facts.py PROVIDERS.json RULES.json > compiler/src/catalog/tests/facts.json

The two inputs are collections of facts about the action types and rules of the service, with notes and sources. Only
the facts are taken: ids, configuration keys with their types, whether they are required, values, defaults and limits,
artifact counts and output variables. `null` is a count that the service does not document.
"""

import json
import sys

LIMITS = {"min": "min", "max": "max", "maxLength": "max_length", "maxItems": "max_items", "pattern": "pattern"}


def count(bounds):
    """The two bounds of a number of artifacts; an unconfirmed one is none."""
    return [bounds[side] if isinstance(bounds[side], int) else None for side in ("min", "max")]


def key(fact):
    """A configuration key."""
    out = {"name": fact["name"], "type": "secret" if fact.get("secret") else fact["type"]}
    out["required"] = fact["required"]
    if fact.get("values") and fact["type"] != "boolean":
        out["values"] = fact["values"]
    # A sentence is no value.
    if "default" in fact and " " not in fact["default"]:
        out["default"] = fact["default"]
    out.update({ours: fact[theirs] for theirs, ours in LIMITS.items() if theirs in fact})
    return out


def entry(fact):
    """An action type or a rule."""
    out = {"id": fact["id"]}
    if fact.get("status") in ("deprecated", "retired"):
        out["deprecated"] = True
    if fact["pipelineType"] == "V2":
        out["v2"] = True
    out["inputs"] = count(fact["inputArtifacts"])
    out["outputs"] = count(fact.get("outputArtifacts", {"min": 0, "max": 0}))
    variables = fact.get("outputVariables", {"kind": "none"})
    out["variables"] = variables.get("names", variables["kind"])
    out["beside"] = [field["name"] for field in fact.get("fieldsOutsideConfig", [])]
    out["keys"] = [key(config) for config in fact["config"]]
    return out


def main():
    """Reads both, writes one."""
    with open(sys.argv[1], encoding="utf-8") as providers, open(sys.argv[2], encoding="utf-8") as rules:
        facts = json.load(providers)["actions"] + json.load(rules)["rules"]
    # One line for each key, so that a change is easy to read.
    lines = []
    for fact in map(entry, facts):
        keys = ",\n".join("    " + json.dumps(key) for key in fact.pop("keys"))
        head = json.dumps(fact)[:-1]
        lines.append(f'  {head}, "keys": [\n{keys}\n  ]}}' if keys else f'  {head}, "keys": []}}')
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
