#!/usr/bin/env python3
"""The sum of all suites tells the truth: failures, crashes and empty suites are never lost."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "tools"))
import summary  # noqa: E402

RAN = "[==========] 3 tests from 1 test suite ran. (5 ms total)\n"
GOOD = RAN + "[  PASSED  ] 3 tests.\n"
ONE_BAD = ("[  FAILED  ] Table.Full (0 ms)\n" + RAN + "[  PASSED  ] 1 test.\n"
           "[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] Data.Absent\n"
           "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] Table.Full\n\n 1 FAILED TEST\n")


class Summary(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = pathlib.Path(directory.name)

    def meson(self, *tests):
        log = self.path / "testlog.json"
        log.write_text("".join(json.dumps({"name": n, "result": r, "stdout": o}) + "\n"
                               for n, r, o in tests))
        return summary.from_meson("unit", log)

    def test_cases_of_googletest_are_counted(self):
        got = self.meson(("a", "OK", GOOD), ("b", "FAIL", ONE_BAD))
        self.assertEqual((got["passed"], got["failed"], got["skipped"]), (4, ["b: Table.Full"], ["b"]))

    def test_other_programs_count_as_one(self):
        got = self.meson(("a", "OK", "layers: ok"), ("b", "FAIL", "x"), ("c", "SKIP", ""),
                         ("d", "TIMEOUT", ""))
        self.assertEqual((got["passed"], got["failed"], got["skipped"]),
                         (1, ["b (fail)", "d (timeout)"], ["c"]))

    def test_a_program_that_dies_is_a_failure(self):
        died = "[ RUN      ] Table.Full\n==1==ERROR: AddressSanitizer\n"
        self.assertEqual(self.meson(("a", "FAIL", died))["failed"], ["a (fail)"])
        # All cases pass and then the leak check ends the program: still a failure.
        self.assertEqual(self.meson(("a", "FAIL", GOOD))["failed"], ["a (fail)"])

    def test_a_suite_that_ran_nothing_is_a_failure(self):
        self.assertEqual(len(self.meson()["failed"]), 1)
        self.assertEqual(len(summary.from_meson("x", self.path / "absent")["failed"]), 1)
        self.assertEqual(len(summary.from_junit("x", self.path / "absent")["failed"]), 1)

    def test_junit(self):
        report = self.path / "r.xml"
        report.write_text("<testsuites><testsuite><testcase classname='m' name='a'/>"
                          "<testcase classname='m' name='b'><failure/></testcase>"
                          "<testcase classname='m' name='c'><error/></testcase>"
                          "<testcase classname='m' name='d'><skipped/></testcase>"
                          "</testsuite></testsuites>")
        got = summary.from_junit("e2e", report)
        self.assertEqual((got["passed"], got["failed"], got["skipped"]), (1, ["m.b", "m.c"], ["m.d"]))

    def last_line(self, *suites):
        for number, suite in enumerate(suites):
            (self.path / f"{number}.json").write_text(json.dumps(suite))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = summary.total(self.path)
        return code, out.getvalue().splitlines()[-1]

    def test_the_last_line(self):
        good = summary.result("a", 7)
        self.assertEqual(self.last_line(good), (0, "7 passed, 0 failed"))
        bad = summary.result("b", 1, ["x"], ["y", "y"])
        self.assertEqual(self.last_line(good, bad), (1, "8 passed, 1 failed, 2 skipped"))

    def test_no_suite_at_all_is_a_failure(self):
        self.assertEqual(self.last_line(), (1, "0 passed, 0 failed"))


if __name__ == "__main__":
    unittest.main()
