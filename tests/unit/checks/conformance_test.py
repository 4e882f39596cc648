#!/usr/bin/env python3
"""conformance says "equal" only of what is equal, and finds the class of what is not."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "tools" / "conformance"))
import compare  # noqa: E402
import expectations  # noqa: E402

FLOW = {"l4": "TCP", "src": "10.0.0.1", "sport": "4000", "dst": "10.0.0.2", "dport": "443"}
SUMMARY = {"rx": 9, "forwarded": 9, "dropped": {}, "held": 0}


def capture(values, kind="tls_sni", **more):
    return expectations.Expected({"pcap": "a.pcap", "hosts": [dict(FLOW, kind=kind, values=values)],
                                  **more})


def record(name, **more):
    return dict({"proto": "tcp", "src": "10.0.0.1", "sport": 4000, "dst": "10.0.0.2", "dport": 443,
                 "name": name, "protocol": "tls", "reason": "allowed",
                 "verdict": "forward"}, **more)


def compared(expected, records, summary=SUMMARY):
    tally = compare.Tally()
    compare.compare_capture(expected, records, summary, "", tally)
    return tally


class Conformance(unittest.TestCase):
    def test_equal_names(self):
        for written in ("a.example", "A.Example.", "a.example:443"):
            self.assertEqual(compared(capture([written]), [record("a.example")]).percent_equal(), 100)

    def test_direction_does_not_matter(self):
        back = record("a.example", src="10.0.0.2", sport=443, dst="10.0.0.1", dport=4000)
        self.assertEqual(compared(capture(["a.example"]), [back]).percent_equal(), 100)

    def test_any_record_of_the_flow_may_bear_it(self):
        self.assertEqual(
            compared(capture(["a.example"]), [record(None), record("a.example")]).percent_equal(), 100)

    def test_flows_without_a_name_do_not_count(self):
        tally = compared(capture([None]), [record("a.example")])
        self.assertEqual(sum(tally.kinds["all"].values()), 0)

    def test_differences_have_a_class(self):
        rows = [
            (capture(["a.example"]), [record("b.example")], SUMMARY, "another name"),
            (capture(["a.example"]), [record(None)], SUMMARY, "no name (tls, allowed)"),
            (capture(["a.example"]), [], SUMMARY, "no such flow"),
            (capture(["a.example"], layers=["gre"]), [], SUMMARY, "inner flow not seen"),
            (capture(["a.example"]), [], None, "capture not readable"),
            (capture(["a.example"]), [], dict(SUMMARY, dropped={"link_unsupported": 9}),
             "link type not looked into"),
            (capture(["a.example"]), [], dict(SUMMARY, dropped={"l4_short": 1}),
             "malformed packets are dropped"),
        ]
        for expected, records, summary, why in rows:
            tally = compared(expected, records, summary)
            self.assertEqual(tally.percent_equal(), 0, why)
            self.assertEqual(dict(tally.classes), {why: 1})

    def test_ja4_counts_where_both_know_one(self):
        flows = [dict(FLOW, ja4="t13d0310h2_aaaaaaaaaaaa_bbbbbbbbbbbb")]
        row = expectations.Expected({"pcap": "a.pcap", "flows": flows})
        same = record("x", ja4="t13d0310h1_aaaaaaaaaaaa_bbbbbbbbbbbb")
        other = record("x", ja4="t13d0310h1_aaaaaaaaaaaa_cccccccccccc")
        self.assertEqual(dict(compared(row, [same]).ja4), {"equal": 1})
        self.assertEqual(dict(compared(row, [other]).ja4), {"different": 1})
        self.assertEqual(dict(compared(row, [record("x")]).ja4), {})


if __name__ == "__main__":
    unittest.main()
