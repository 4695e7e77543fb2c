"""A tool server written by hand, for what no decent one does: `python -m tests.worlds.tools.oddities HOW`.

HOW is `many` (1,000 tools), `odd` (schemas and names that are hardly any), `noisy` (lines between that are no JSON),
`helpful` (its one tool is called help), `mute` (it never answers), `short` (it ends at once, with words on standard
error), `stubborn` (it does not end when it is told to), or `refusing` (it tells its key, and refuses with the code that
the SDK has for a closed connection).
"""

import json
import os
import signal
import sys
import time
from typing import Any

HOW = sys.argv[1] if len(sys.argv) > 1 else "odd"
LOOP = {"$ref": "#/$defs/loop"}
ODD: list[dict[str, Any]] = [
    {"name": "no schema", "inputSchema": {"type": "object"}},
    {"name": "wrong.schema", "inputSchema": {"type": "object", "properties": {"a": {"type": "sometimes"}}}},
    {"name": "loop", "inputSchema": {"type": "object", "properties": {"a": LOOP}, "$defs": {"loop": LOOP}}},
    {
        "name": "pattern",
        "inputSchema": {
            "type": "object",
            "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}},
            "required": ["a"],
        },
    },
    {
        "name": "far",
        "inputSchema": {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:9/never.json"}}},
    },
    {"name": "\x1b[31mred", "description": "\x1b]52;c;aGk=\x07", "inputSchema": {"type": "object"}},
    {
        "name": "where",
        "inputSchema": {
            "type": "object",
            "properties": {"place": {"$ref": "#/$defs/place"}, "far": {"type": ["integer", "null"]}},
            "required": ["place"],
            "additionalProperties": False,
            "$defs": {"place": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}},
        },
    },
]
MANY = [
    {"name": f"tool_{number}", "description": f"Does thing {number}.", "inputSchema": {"type": "object"}}
    for number in range(1000)
]


def answer(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": HOW, "version": "1"},
        }
    if method == "tools/list":
        if HOW == "helpful":
            return {"tools": [{"name": "help", "inputSchema": {"type": "object"}}]}
        if HOW != "many":
            return {"tools": ODD}
        begin = int(params.get("cursor") or 0)
        page: dict[str, Any] = {"tools": MANY[begin : begin + 300]}
        return {**page, "nextCursor": str(begin + 300)} if begin + 300 < len(MANY) else page
    if method == "tools/call" and HOW == "refusing":
        key = os.environ["DOOR_TOKEN"]
        if params["name"] == "where":
            raise PermissionError(f"the token {key} is not accepted")
        told = str(os.getpid()) if params["name"] == "pattern" else f"not set or {key}"
        return {"content": [{"type": "text", "text": told}]}
    if method == "tools/call":
        return {"content": [{"type": "text", "text": json.dumps(params)}]}
    return None


def main() -> None:
    if HOW == "short":
        print("no licence was found", file=sys.stderr, flush=True)
        sys.exit(4)
    if HOW == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        if HOW == "mute":
            continue
        asked = json.loads(line)
        if HOW == "noisy":
            print("Debugging is on! \x1b[31m", flush=True)
        if "id" not in asked:
            continue
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            result = answer(asked["method"], asked.get("params") or {})
        except PermissionError as refusal:
            print(json.dumps({**reply, "error": {"code": -32000, "message": str(refusal)}}), flush=True)
            continue
        if result is None:
            reply["error"] = {"code": -32601, "message": "Method not found"}
        else:
            reply["result"] = result
        print(json.dumps(reply), flush=True)
    while HOW == "stubborn":
        time.sleep(1)


if __name__ == "__main__":
    main()
