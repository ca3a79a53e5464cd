#!/usr/bin/env python3
"""descriptor.py SCHEMA EXAMPLES: docs/reference/descriptor.md from `harbor schema` and the examples of its keys."""
import json
import pathlib
import sys

STAGES = ["source", "prepare", "deploy", "post_deploy", "destroy"]
FIRST = ["version", "name", "description", "profiles", "plugins", "use", "hooks", *STAGES]
STEP = ["action", "id", "name", "when", "with", "needs", "timeout", "retry", "continueOnError", "forEach"]


def plain(schema):
    """A property without the `${...}` that may stand in its place."""
    return schema["anyOf"][0] if isinstance(schema, dict) and "anyOf" in schema else schema


def type_of(schema):
    schema = plain(schema)
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"] if not isinstance(value, str) or not value.isdigit())
    types = schema.get("type", "any")
    types = [types] if isinstance(types, str) else [name for name in types if name != "null"]
    if types == ["array"]:
        item = schema.get("items", {}).get("type")
        words = {"object": "list of mappings", "string": "list of texts"}
        return words.get(item, "list") if isinstance(item, str) else "list"
    return " or ".join({"object": "mapping", "array": "list", "string": "text"}.get(name, name) for name in types)


def text(schema):
    described = plain(schema)
    out = schema.get("description") or described.get("description", "")
    default = described.get("default")
    if default not in (None, [], {}, ""):
        out += f"; default: `{json.dumps(default)}`"
    return out.replace("|", "\\|")


def table(properties, head="key"):
    print(f"| {head} | type | meaning |\n|---|---|---|")
    for name, schema in properties:
        print(f"| `{name}` | {type_of(schema)} | {text(schema)} |")
    print()


def members(schema):
    """The keys below a key, as far as the schema knows them."""
    schema = plain(schema)
    for where in (schema, schema.get("items", {}), schema.get("additionalProperties", {})):
        if isinstance(where, dict) and "properties" in where:
            return list(where["properties"].items())
    return []


def section(level, title, schema, name, examples):
    print(f"{'#' * level} {title}\n")
    if text(schema):
        print(f"{text(schema)[0].upper()}{text(schema)[1:].rstrip('.')}.\n")
    steps = [(key, value) for key, value in members(schema) if key != "steps"]
    if steps:
        table(steps)
    command, *lines = examples.pop(name).splitlines()
    print("```yaml", *lines, "```\n", sep="\n")
    return [key for key, _ in steps]


def main():
    schema = json.load(open(sys.argv[1], encoding="utf-8"))
    examples = {file.name.removesuffix(".yaml"): file.read_text() for file in pathlib.Path(sys.argv[2]).glob("*.yaml")}
    top = schema["properties"]
    step = schema["definitions"]["step"]["properties"]
    print("# The descriptor\n\n<!-- Made by script/reference from `harbor schema` and docs/example/descriptor. -->\n")
    print(pathlib.Path(sys.argv[2], "introduction.md").read_text())
    print("## Keys of the descriptor\n")
    names = [name for name in FIRST if name in top] + sorted(set(top) - set(FIRST))
    table((name, top[name]) for name in names)
    for name in names:
        section(3, f"`{name}`", top[name], name, examples)
        if name in STAGES:
            for inner, below in members(top[name]):
                if inner != "steps":
                    section(4, f"`{name}.{inner}`", below, f"{name}.{inner}", examples)
    print("## Keys of a step\n")
    print("No action has a parameter of one of these names.\n")
    table((name, step[name]) for name in STEP + sorted(set(step) - set(STEP)))
    for name in STEP + sorted(set(step) - set(STEP)):
        section(3, f"`{name}`", step[name], f"step.{name}", examples)
    if examples:
        sys.exit(f"examples of keys that do not exist: {sorted(examples)}")


main()
