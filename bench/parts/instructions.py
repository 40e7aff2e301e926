"""Instructions that the check adds to a request: the gate of the tests, and beyond it."""

import os
import sys
from pathlib import Path

from report import Absent, Row

REPOSITORY = Path(__file__).resolve().parents[2]


def measure(options, say):
    """What the gate in the tests counts, and where there is no gate."""
    os.environ["MACAW_BUILD"] = str(options.build)
    sys.path.insert(0, str(REPOSITORY / "tests" / "nginx"))
    import cost
    if not (cost.VALGRIND and cost.ANNOTATE):
        return [Absent("instructions a request", "valgrind is not installed")]
    results = []
    for what, location, bar in (("gateway, verify + replay claim", cost.VERIFY, 8000),
                                ("gateway, the same + signed response", cost.SIGN, None),
                                ("gateway, session cookie", cost.SESSION, 16000)):
        say(f"instructions: {what}")
        added, _ = cost.added(location)
        results.append(Row(f"{what}: instructions a request, added", added, "nginx without",
                           bar, False, ""))
    return results
