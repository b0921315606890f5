"""Checks Block Kit payloads with the rules of Slack's own Python SDK, and with those that it misses.

Usage: blocks_check.py FOLDER

Each line of the folder's *.jsonl files is one payload:
  {"kind": "message", "blocks": [...]}
  {"kind": "view", "view": {...}}
"""

import json
import logging
import sys
from collections import Counter
from pathlib import Path

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Slack answers msg_blocks_too_long beyond about 13200 characters, JSON and all.
MESSAGE_CHARACTERS = 13_200
# Slack answers view_too_large beyond 250 kB.
VIEW_BYTES = 250_000
MENUS = ("static_select", "multi_static_select", "radio_buttons", "checkboxes")
BOXES = ("radio_buttons", "checkboxes")


class Warnings(logging.Handler):
    """The SDK only warns of what it does not know, and then leaves it out."""

    def __init__(self):
        super().__init__()
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())

    def taken(self):
        texts, self.texts = self.texts, []
        return texts


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    files = sorted(Path(sys.argv[1]).glob("*.jsonl"))
    warnings = Warnings()
    logging.getLogger().addHandler(warnings)
    checked, faulty = Counter(), 0
    for file in files:
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
            if not line:
                continue
            kind, found = faults(line, warnings)
            checked[kind] += 1
            faulty += bool(found)
            for fault in found:
                print(f"{file}:{number}: {kind}: {fault}", file=sys.stderr)
    if not checked:
        sys.exit(f"{sys.argv[1]} holds no payload")
    counts = ", ".join(f"{count} {kind}s" for kind, count in sorted(checked.items()))
    print(f"{counts}; {faulty} with faults")
    sys.exit(faulty > 0)


def faults(line, warnings):
    payload = json.loads(line)
    kind = payload.get("kind")
    if kind == "message":
        found = of_message(payload["blocks"])
    elif kind == "view":
        found = of_view(payload["view"])
    else:
        found = [f"unknown kind {kind!r}"]
    return kind, found + warnings.taken()


def of_message(blocks):
    found = of_blocks(blocks, MESSAGE_BLOCKS)
    for index, (block, parsed) in enumerate(zip(blocks, Block.parse_all(blocks))):
        found += of_model(block, parsed, f"block {index}")
    length = units(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    if length > MESSAGE_CHARACTERS:
        found.append(f"{length} characters in all, more than {MESSAGE_CHARACTERS}")
    return found


def of_view(view):
    found = of_blocks(view.get("blocks", []), VIEW_BLOCKS)
    parsed = View(**view)
    found += [f"block {index} is of an unknown type" for index, block in enumerate(parsed.blocks) if block is None]
    if not found:
        found += of_model(view, parsed, "view")
    size = len(json.dumps(view).encode())
    if size > VIEW_BYTES:
        found.append(f"{size} bytes, more than {VIEW_BYTES}")
    inputs = any(block.get("type") == "input" for block in view.get("blocks", []))
    if view.get("type") == "modal" and inputs and "submit" not in view:
        found.append("a modal with inputs and nothing to submit them")
    return found


def of_model(given, parsed, where):
    """What the SDK's model refuses, or would send otherwise than it was given."""
    if parsed is None:
        return [f"{where} is of an unknown type"]
    try:
        # Unlike validate_json this looks into what the block holds.
        made = parsed.to_dict()
    except SlackObjectFormationError as error:
        return [f"{where}: {error}"]
    return [] if made == given else [f"{where}: slack_sdk knows it as {json.dumps(made)}"]


def of_blocks(blocks, most):
    found = []
    if not 1 <= len(blocks) <= most:
        found.append(f"{len(blocks)} blocks, not 1 to {most}")
    names = Counter(block["block_id"] for block in blocks if "block_id" in block)
    found += [f"{count} blocks are called {name!r}" for name, count in names.items() if count > 1]
    for index, block in enumerate(blocks):
        actions = Counter(held["action_id"] for held in walk(block) if "action_id" in held)
        found += [f"block {index}: {count} elements are called {name!r}" for name, count in actions.items() if count > 1]
        for held in walk(block):
            found += [f"block {index}: {fault}" for fault in of_part(held)]
    return found


def of_part(held):
    kind = held.get("type")
    if kind in ("plain_text", "mrkdwn"):
        text = held.get("text", "")
        if not text.strip():
            yield "an empty text"
        if units(text) > 3000:
            yield f"a text of {units(text)} characters"
    if kind in ("actions", "context") and not held.get("elements"):
        yield f"{kind} without elements"
    if kind in MENUS:
        options = held.get("options", [])
        most = 10 if kind in BOXES else 100
        if not 1 <= len(options) <= most:
            yield f"{kind} of {len(options)} options, not 1 to {most}"
        chosen = held.get("initial_options", []) + [held[name] for name in ("initial_option",) if name in held]
        if any(option not in options for option in chosen):
            yield f"{kind} begins with what is no option"
    if held.get("initial_options") == []:
        yield f"{kind} begins with an empty list"
    if kind == "plain_text_input":
        most = held.get("max_length", 3000)
        if not 1 <= most <= 3000 or units(held.get("initial_value", "")) > most:
            yield f"a text input of {most} that begins with {units(held.get('initial_value', ''))}"
    if kind is None and "text" in held and "value" in held:
        text, value = held["text"]["text"], held["value"]
        if units(text) > 75 or not 1 <= units(value) <= 150:
            yield f"an option of {units(text)} characters with a value of {units(value)}"


def walk(held):
    """Every object in a payload."""
    if isinstance(held, dict):
        yield held
        for inner in held.values():
            yield from walk(inner)
    elif isinstance(held, list):
        for inner in held:
            yield from walk(inner)


def units(text):
    """The length in UTF-16 code units: no way of counting characters finds more."""
    return len(text.encode("utf-16-le")) // 2


if __name__ == "__main__":
    main()
