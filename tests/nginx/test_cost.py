"""The gate on cost: how many instructions the check may add to a request."""

import pytest

import cost
import gateway as gw

pytestmark = [
    pytest.mark.skipif(not (cost.VALGRIND and cost.ANNOTATE), reason="valgrind is not installed"),
    pytest.mark.skipif(bool(gw.PRELOAD), reason="counts nothing real of an instrumented module"),
]

BARS = {"verify": (cost.VERIFY, 8000),  # instructions a request, the replay claim included
        "session": (cost.SESSION, 16000)}


@pytest.mark.parametrize("what", BARS)
def test_check_adds_at_most_the_bar(what):
    case, bar = BARS[what]
    added, by_name = cost.added(case)
    assert 0 < added <= bar, f"{added:.0f} instructions added, by function:\n{cost.table(by_name)}"
