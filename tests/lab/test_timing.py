"""The card timing, which measures for real."""

from laboratory import result


def test_timing_recovers_whole_tags_or_nothing():
    for case in result("run", "timing")["cases"]:
        if case["construction"] == "compare-early":
            assert case["successes"] == case["repeats"]
            assert set(case["measures"]["bytes"]) == {16}
            assert min(case["measures"]["welch-t"]) > 10
        else:
            assert case["successes"] == 0
            if case["construction"] != "compare-double-hmac":  # whose hashes may agree in bytes
                assert max(case["measures"]["bytes"]) < 4
