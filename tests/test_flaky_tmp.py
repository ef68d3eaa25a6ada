import hypothesis.internal.conjecture.engine as eng
eng.MAX_SHRINKING_SECONDS = 30
from hypothesis import given, settings, strategies as st, seed
from tests.strategies import cases, permuted
from tests.laws.test_assess import told, outcome, ORDERED
import kpirules as kr
@seed(5)
@settings(max_examples=100, deadline=None, database=None)
@given(cases(), st.data())
def test_x(case, data):
        other = kr.load(data.draw(permuted(case.book, ORDERED)))
        a= outcome(other, case.subject)
        assert not (isinstance(a, kr.Assessment) and a.status in ("insufficient", "undefined"))
