"""Documents with very many or very long parts, whose reports must stay short."""

from __future__ import annotations

import re
from random import Random

__all__ = ["crowd"]

_FORMS = (
    "inputs: {«w#: {type: number}»}",
    "inputs: {«w#: {type: nummer}»}",
    "inputs: {«w#: {type: integer, min: 3, max: 1, default: 9, steps: 1}»}",
    "inputs: {c: {type: choice, options: [«w#»]}}\noutputs: {«y#: c == 'x#'»}",
    "inputs: {c: {type: choice, options: [«w#»]}}\ncriteria: {a: {max: 1, measure: c, lookup: {«x#: 1»}}}",
    "inputs: {c: {type: choice, options: [«w#»]}, e: {type: choice, options: [x]}}\noutputs: {«y#: c == e»}",
    "inputs: {c: {type: choice, options: [«w#»], default: x}}\noutputs: {«y#: c < 'w1'»}",
    "inputs: {t: {type: list, fields: {«f#: {type: number}»}, unique: [«w#»]}}",
    "let: {«w#: w# + 1»}",
    "let: {a0: 1, «a#: a# + b#»}\noutputs: {y: a1}",
    "let: {a0: 1, «a#: a@ + 1»}\noutputs: {y: a$}",
    "functions: {«w#: {args: [x], value: x + x}»}\nlet: {«y#: w#(1)»}",
    "parameters: {«w#: 1e99»}",
    "parameters: {«w#: #»}\noutputs: {«y#: w# / 3»}",
    "calendars: {o: {weekend: [], from: 2026-01-01, until: 2027-01-01, holidays: [«2026-01-01, w#»]}}",
    "tables: {«w#: {steps: [{from: #, value: 1}, {value: 0}]}»}",
    "inputs: {x: {type: number}}\ncriteria: {a: {max: 9, measure: x, steps: [«{from: #, points: 1}»]}}",
    "inputs: {x: {type: number}}\ncriteria: {a: {max: 9, measure: x, scale: [«[#, 1]»]}}",
    "inputs: {x: {type: number}}\ncriteria: {a: {max: 9, measure: x, thresholds: {from: [«#»]}}}",
    "criteria: {«w#: {max: 1, entered: {step: 1}}»}",
    "criteria: {«w#: {max: 1, points: x#, note: w#}»}",
    "criteria: {w0: {criteria: {«a#: {max: 1, points: 1, applies: 1 < 2}»}}}",
    "criteria: {w0: {«a#: 1»}}",
    "criteria: {a: {max: 1, points: 1}}\nbands: {«w#: {from: #}»}",
    "criteria: {a: {max: 1, points: 1}}\nbands: {«w#: {from: #, to: 99, requires: {r: {that: x}}}»}",
    "criteria: {a: {max: 1, points: 1}}\nbands: {b: {from: 0}}\noverrides: {«w#: {when: True, band: w#}»}",
    "title: {«w#: x»}",
    "allow: {«KR#: w#»}",
    "«w#: 1»: 1",
    "note: [«w#»]",
    "w0: {«a: #»}",
)  # fmt: skip
"""What stands between the marks is repeated, with numbers from 1 in place of `#`, one less in place of `@`.

`$` is the last number, `w` a word of any length.
"""

_REPEATED = re.compile("«(.*?)»")


def crowd(random: Random, size: int) -> str:
    """Return a rulebook of about a size, with many copies of some parts, and perhaps a very long word."""
    form = random.choice(_FORMS)
    parts = len(_REPEATED.findall(form))
    # A long word that stands once for every repeated part leaves room for few of them.
    word = random.choice(("w", "ế", "inputs", "a_", "W")) * random.choice((1, 1, 1, 20, 150, size // 4))
    form = re.sub(r"\bw(?=[#0-9])", lambda _: word, form)

    count = 1

    def repeated(match: re.Match[str]) -> str:
        nonlocal count
        part = match[1]
        count = size // parts // (len(part) + 5) + 1
        return ", ".join(part.replace("#", str(n)).replace("@", str(n - 1)) for n in range(1, count + 1))

    made = _REPEATED.sub(repeated, form)
    return f"kpirules: 1\nid: crowd\n{made.replace('$', str(count))}\n"
