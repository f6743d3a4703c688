#!/usr/bin/env python3
"""Speaks the protocol of `tuner-mpi suggest` as far as the tests need it; trials are counted."""

import json
import sys
from typing import Any

assert sys.argv[1] == "suggest"
if sys.argv[2:] == ["--sampler", "none"]:
    sys.exit("--sampler: expected a known name")
asked = 0
told: Any = []
for line in sys.stdin:
    request = json.loads(line)
    answer: Any = {"ok": True}
    if request["op"] == "init":
        space = request
        if request.get("direction") == "up":
            answer = {"error": 'direction: expected minimize or maximize, found "up".'}
    elif request["op"] == "ask":
        count = min(request["n"], 5 - asked)
        answer = {
            "trials": [{"id": asked + i, "params": {"x": asked + i}, "fidelity": 3} for i in range(count)]
        }
        if count > 1:
            answer["trials"][1]["from"] = {"id": 0, "fidelity": 2}
        asked += count
        if count == 0:
            answer["finished"] = True
    elif request["op"] == "state":
        best = sorted(
            told, key=lambda found: float(found["value"]), reverse=space.get("direction") == "maximize"
        )
        answer = {
            "told": len(told),
            "failed": 0,
            "pending": [],
            "finished": False,
            "sampler": "fake",
            "objectives": {"value": "minimize"},
        }
        answer["best"] = best[0] if best else None
    elif request["trials"][0].get("params") == {"echo": 1}:
        answer = {"error": json.dumps([space, request])}
    elif request["trials"][0]["value"] is not None:
        trial = request["trials"][0]
        told.append({"id": trial["id"], "params": {"x": trial["id"]}, **trial})
    print(json.dumps(answer), flush=True)
