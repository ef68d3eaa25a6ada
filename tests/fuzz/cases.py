"""Cases by number: each number gives the same case on every machine and in every run."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import yaml
from attrs import frozen

from .crowds import crowd
from .models import changed
from .mutations import mutated, mutated_bytes
from .noise import noise, noise_bytes

__all__ = ["MOST_CHARACTERS", "Case", "case"]

MOST_CHARACTERS = 100_000


@frozen
class Case:
    """The input of one run of the library.

    Args:
        number: from which the case can be made again.
        form: `yaml` and `json` are texts, `bytes` is a file, `mapping` a mapping.
        document: the text, the bytes or the mapping.
        random: where the chance of everything after the document comes from.
    """

    number: int
    form: str
    document: Any
    random: Random


def case(number: int) -> Case:
    random = Random(number)
    form, document = random.choices((_noise, _mutation, _change, _crowd), (20, 30, 49.5, 0.5))[0](random)
    if form != "mapping":
        document = document[:MOST_CHARACTERS]
    return Case(number, form, document, random)


def _noise(random: Random) -> tuple[str, Any]:
    size = random.choices((0, 20, 200, 2_000, 20_000, MOST_CHARACTERS), (1, 40, 50, 15, 1, 0.5))[0]
    size = random.randint(size // 2, size)
    if random.random() < 0.2:
        return "bytes", noise_bytes(random, size)
    return random.choice(("yaml", "yaml", "json")), noise(random, size)


def _mutation(random: Random) -> tuple[str, Any]:
    return ("bytes", mutated_bytes(random)) if random.random() < 0.15 else ("yaml", mutated(random))


def _change(random: Random) -> tuple[str, Any]:
    tree = changed(random)
    form = random.choice(("mapping", "mapping", "yaml", "json"))
    try:
        if form == "json":
            return form, json.dumps(
                tree, default=str, ensure_ascii=random.random() < 0.5, indent=random.choice((None, 2))
            )
        if form == "yaml":
            dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
            style = random.choice((None, False, True))
            return form, yaml.dump(tree, Dumper=dumper, allow_unicode=True, default_flow_style=style, sort_keys=False)
    except (yaml.YAMLError, TypeError, ValueError, RecursionError):
        pass
    return "mapping", tree


def _crowd(random: Random) -> tuple[str, Any]:
    return "yaml", crowd(random, random.choice((1_000, 10_000, 30_000, 60_000)))
