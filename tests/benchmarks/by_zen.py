"""The two rulebooks for zen-engine: JSON decision models with the same criteria, scores and bands.

A model is an expression node for points and score and a decision table for the band: of the forms that were tried the
one that is evaluated fastest (tables for the step tables and look-ups as well cost half as much again). The numbers of
zen-engine are decimals of 28 digits, and its `round` takes halves away from zero, as both rulebooks do. It takes no
Decimal and no date, so subjects are given to it with floats and texts. The invariant of the decree is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import zen

from .subjects import GROUPS

__all__ = ["decision", "loaded", "staff", "weighted30"]

Model = dict[str, Any]
Evaluate = Callable[[dict[str, Any]], dict[str, Any]]

ATTITUDE = "(serves_public ? g2_4_public : g2_4_internal)"
WEIGHTS = {"growth": "0.30", "budget": "0.25", "services": "0.20", "digital": "0.15", "discipline": "0.10"}
LEAF_WEIGHTS = ("0.25", "0.2", "0.2", "0.15", "0.1", "0.1")


def decision(model: Model) -> Evaluate:
    """Return a function that evaluates a decision made from the model."""
    made = zen.ZenEngine().create_decision(json.dumps(model))
    return lambda subject: made.evaluate(subject)["result"]


def loaded(model: Model) -> Evaluate:
    """Return a function that evaluates the model through a static loader, which keeps it compiled."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"model": model}}})
    return lambda subject: engine.evaluate("model", subject)["result"]


def staff() -> Model:
    """Civil servants without a leading post."""
    short = 'months_worked < 6 and not (absence in ["sick_leave", "maternity_leave"])'
    concluded = "concluded_degradation or concluded_forbidden_act or concluded_bad_example"
    disciplined = (
        'some(disciplines as one, one.ground in ["ideology", "duty"] and not one.already_counted'
        " and d(one.effective_on).year() == rating_year)"
    )
    entered = ("g1_1", "g1_2", "g2_1", "g2_2", "g2_3", "g3_1", "g3_2", "g3_3", "g3_4")
    expressions = {
        "assigned": "sum(map(tasks as t, t.coefficient * t.assigned))",
        "completed": "sum(map(tasks as t, t.coefficient * t.completed))",
        "with_quality": _kept("failures"),
        "on_time": _kept("delays"),
        **{id_: id_ for id_ in entered},
        "g2_4": ATTITUDE,
        "g1": "$.g1_1 + $.g1_2",
        "g2": "$.g2_1 + $.g2_2 + $.g2_3 + $.g2_4",
        "g3": "$.g3_1 + $.g3_2 + $.g3_3 + $.g3_4",
        "general": "$.g1 + $.g2 + $.g3",
        "quantity": _attained("completed"),
        "quality": _attained("with_quality"),
        "progress": _attained("on_time"),
        "results": "$.assigned > 0 ? 70 * ($.quantity + $.quality + $.progress) / 300 : null",
        "results_percent": "$.assigned > 0 ? $.results / 70 * 100 : null",
        "score": "$.assigned > 0 ? round($.general + $.results, 2) : null",
        "short": short,
        "lowest": f"{concluded} or {disciplined}",
    }
    levels = (
        {"short": "true", "band": "null", "status": '"not_classified"'},
        {"lowest": "true", "band": '"poor"', "status": '"rated"'},
        {"score": "null", "band": "null", "status": '"insufficient"'},
        {"score": ">= 90", "band": '"excellent"', "status": '"rated"'},
        {"score": ">= 70", "band": '"good"', "status": '"rated"'},
        {"score": ">= 50", "band": '"fair"', "status": '"rated"'},
        {"band": '"poor"', "status": '"rated"'},
    )
    return _model(expressions, _table(("short", "lowest", "score"), ("band", "status"), levels))


def _kept(events: str) -> str:
    """Return the sum of the tasks, less a quarter of a task for each unexcused event."""
    counted = f"(t.{events} ?? 0) - (t.objective_{events} ?? 0)"
    return f"sum(map(tasks as t, t.coefficient * max([t.completed - 0.25 * ({counted}), 0])))"


def _attained(done: str) -> str:
    """Return the percentage of assigned work that was done, at most 100."""
    return f"$.assigned > 0 ? 100 * min([$.{done} / $.assigned, 1]) : null"


def weighted30() -> Model:
    """Thirty weighted indicators."""
    expressions: dict[str, str] = {}
    for group in GROUPS:
        expressions |= _group(group)
    total = " + ".join(f"{weight} * $.{group}" for group, weight in WEIGHTS.items())
    expressions["score"] = f"round({total}, 2)"
    expressions["reprimanded"] = "reprimanded"
    levels = (
        {"score": ">= 90", "growth": ">= 85", "reprimanded": "false", "band": '"excellent"'},
        {"score": ">= 70", "reprimanded": "false", "band": '"good"'},
        {"score": ">= 50", "band": '"fair"'},
        {"band": '"poor"'},
    )
    return _model(expressions, _table(("score", "growth", "reprimanded"), ("band",), levels))


def _group(group: str) -> dict[str, str]:
    """Return the formulas of six indicators and of their group."""
    weighted = (f"{weight} * $.{group}_{number}" for number, weight in enumerate(LEAF_WEIGHTS, start=1))
    x = f"{group}_3"
    scale = (
        f"{x} <= 5 ? 100 - 2 * {x} : {x} <= 20 ? 90 - ({x} - 5) * 10 / 3 : {x} <= 50 ? 40 - ({x} - 20) * 4 / 3 : 0"
    )
    y = f"{group}_4"
    z = f"{group}_5"
    return {
        f"{group}_1": f"round(min([{group}_1_actual / {group}_1_plan, 1.2]) / 1.2 * 100, 2)",
        f"{group}_2": f"round(min([{group}_2_actual / {group}_2_plan, 1.2]) / 1.2 * 100, 2)",
        x: f"round({scale}, 2)",
        y: f"{y} >= 95 ? 100 : {y} >= 90 ? 80 : {y} >= 80 ? 60 : {y} >= 70 ? 40 : 0",
        z: f'{z} == "high" ? 100 : {z} == "middle" ? 70 : {z} == "low" ? 40 : 0',
        f"{group}_6": f"max([100 - 12.5 * {group}_6_late, 0])",
        group: " + ".join(weighted),
    }


def _model(expressions: Mapping[str, str], table: Model) -> Model:
    """Return a graph of four nodes in sequence: request, points, bands, response."""
    written = [{"id": key, "key": key, "value": value} for key, value in expressions.items()]
    nodes = [
        {"id": "request", "type": "inputNode", "content": {}},
        {"id": "points", "type": "expressionNode", "content": {**_plain(passes=False), "expressions": written}},
        {"id": "bands", "type": "decisionTableNode", "content": {**_plain(passes=True), **table}},
        {"id": "response", "type": "outputNode", "content": {}},
    ]
    for x, node in enumerate(nodes):
        node |= {"name": node["id"], "position": {"x": 300 * x, "y": 0}}
    ids = [str(node["id"]) for node in nodes]
    edges = [
        {"id": f"{source}-{target}", "type": "edge", "sourceId": source, "targetId": target}
        for source, target in pairwise(ids)
    ]
    return {"nodes": nodes, "edges": edges}


def _plain(*, passes: bool) -> Model:
    return {"passThrough": passes, "inputField": None, "outputPath": None, "executionMode": "single"}


def _table(inputs: tuple[str, ...], outputs: tuple[str, ...], rows: tuple[dict[str, str], ...]) -> Model:
    """A decision table whose first row that holds is taken; an empty cell always holds."""
    columns = (*inputs, *outputs)
    return {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in inputs],
        "outputs": [{"id": name, "name": name, "field": name} for name in outputs],
        "rules": [
            {"_id": str(number), **{name: row.get(name, "") for name in columns}} for number, row in enumerate(rows)
        ],
    }
