"""A formula that can't be read hides no other mistake."""

from __future__ import annotations

import pytest

import kpirules as kr

HEAD = """
kpirules: 1
inputs:
  x: {type: integer, min: 0, max: 5}
  tasks: {type: list, fields: {w: {type: integer, min: 0, max: 4}}}
"""


def found(text: str) -> list[tuple[str, str]]:
    return [(one.code, one.span.text if one.span else "") for one in kr.check(text=HEAD + text).errors]


@pytest.mark.parametrize(
    "text",
    [
        "let: {a: x //}\noutputs: {b: a + xx}",
        "functions: {f: {args: [y], value: y //}}\noutputs: {b: f(x) + xx}",
        "criteria: {a: {max: 5, points: x //}, b: {max: 5, points: points.a + xx}}",
        "criteria: {a: {max: 5, rate: x //}, b: {max: 5, rate: share.a + xx}}",
        "criteria: {a: {max: 5, met: x //}, b: {max: 5, points: xx}}",
        "criteria: {a: {max: 5, applies: x //, missing: exclude, points: xx}}\nscore: {rescale: true}",
        "criteria: {a: {max: 5, measure: x //, steps: [{from: 2, points: 5}, {points: 0}]}, b: {max: 1, points: xx}}",
        "criteria: {a: {max: 5, measure: x //, lookup: {yes: 1, else: 0}}, b: {max: 1, points: xx}}",
        "criteria: {g: {points: x //, criteria: {a: {max: 5, points: x}}}, b: {max: 1, points: xx}}",
        "outputs: {b: xx}\nexemptions: {e: {when: x //, status: out}}",
        "outputs: {b: xx}\nvalidations: {e: {that: x //}}",
        "outputs: {b: xx}\ninvariants: {e: {that: x //}}",
        "criteria: {a: {max: 5, points: xx}}\nscore: {limits: {l: {when: x //, at_most: 3}}}",
        "criteria: {a: {max: 5, points: xx}}\nscore: {limits: {l: {at_most: x //}}}",
        "criteria: {a: {max: 5, points: xx}}\nbands: {g: {from: 2, requires: x //}, p: {from: 0}}",
        "criteria: {a: {max: 5, points: xx}}\nbands: {measure: x //, levels: {g: {from: 2}, p: {from: 0}}}",
        "criteria: {a: {max: 5, points: xx}}\nbands: {g: {from: 2}, p: {from: 0}}\noverrides: {o: {when: x //, band: g}}",
        "criteria: {a: {max: 5, points: xx}}\nbands: {g: {from: 2}, p: {from: 0}}\noverrides: {o: {band_at_most: x //}}",
    ],
)  # fmt: skip
def test_a_misspelt_name_is_reported_beside_a_formula_that_cannot_be_read(text: str) -> None:
    assert {code for code, _ in found(text)} == {"KR200", "KR201"}
    assert ("KR201", "xx") in found(text)


def test_what_a_formula_that_cannot_be_read_might_read_is_not_called_unused() -> None:
    report = kr.check(text=HEAD + "outputs: {b: x //}")
    assert [one.code for one in report] == ["KR200"]


def test_a_list_that_cannot_be_computed_hides_no_other_name() -> None:
    report = kr.check(
        text="kpirules: 1\ninputs: {tasks: {type: list, fields: {w: {type: integer, min: 0, max: 4}}, "
        "let: {e: item.w //}, validations: {v: {that: item.w is 2}}}}\noutputs: {a: sum(t.e + t.v for t in tasks)}"
    )
    assert [one.code for one in report.errors] == ["KR200", "KR202", "KR201"]


def test_a_misspelt_aggregate_is_reported_as_a_function() -> None:
    (one,) = kr.check(text=HEAD + "outputs: {b: summ(t.w for t in tasks) + x}").errors
    assert (one.code, one.help) == ("KR210", "did you mean `sum`?")
