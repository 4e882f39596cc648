#!/usr/bin/env python3
"""The checks bite: each violation is planted in a small tree of its own and must be reported.

A check that reports nothing looks the same as one that is broken; these tests tell them apart.
"""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "tools"))
import check_layers  # noqa: E402
import check_sizes  # noqa: E402


class Tree(unittest.TestCase):
    """A source tree that lives as long as one test."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = pathlib.Path(self.directory.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


class Layers(Tree):
    FORBIDDEN = [
        ("rules/base/a.h", '#include "rules/model/policy.h"', "may not include rules/model"),
        ("rules/lookup/a.h", '#include "rules/load/loader.h"', "may not include rules/load"),
        ("rules/model/a.h", '#include "dataplane/wire/link.h"', "may not include dataplane/wire"),
        ("dataplane/wire/a.h", '#include "dataplane/flow/key.h"', "may not include"),
        ("dataplane/io/a.cc", '#include "control/store/store.h"', "may not include control"),
        ("control/daemon/a.cc", '#include "dataplane/io/port.h"', "may not include dataplane"),
        ("control/api/a.cc", '#include "tools/render/table.h"', "may not include tools"),
        ("dataplane/wire/a.cc", "#include <rte_mbuf.h>", "lives in"),
        ("dataplane/pipeline/a.cc", "#include <rte_ethdev.h>", "lives in"),
        ("control/daemon/a.cc", "#include <sqlite3.h>", "control/store only"),
        ("rules/compile/a.cc", "#include <yaml-cpp/yaml.h>", "rules/load only"),
        ("dataplane/io/a.cc", "#include <openssl/evp.h>", "lives in"),
        ("control/daemon/a.cc", "#include <httplib.h>", "lives in"),
        ("dataplane/io/a.cc", "#include <pcap/pcap.h>", "tools/replay only"),
        ("dataplane/wire/a.cc", "void f() { throw 1; }", "no exceptions"),
        ("dataplane/flow/a.cc", "#include <iostream>", "no streams"),
        ("dataplane/detect/a.h", "std::mutex lock;", "no locks"),
        ("dataplane/pipeline/a.h", "std::shared_ptr<int> p;", "no shared ownership"),
        ("rules/lookup/a.cc", "auto t = std::chrono::steady_clock::now();", "no clock"),
        ("dataplane/wire/a.cc", "void* p = malloc(8);", "no allocation"),
        ("dataplane/flow/a.cc", "auto* p = new int[4];", "no allocation"),
    ]
    ALLOWED = [
        ("dataplane/flow/a.h", "#include <rte_mbuf.h>"),
        ("dataplane/io/a.h", "#include <rte_ethdev.h>"),
        ("dataplane/pipeline/a.h", '#include "rules/lookup/decide.h"'),
        ("control/daemon/a.h", '#include "rules/ipc/query.h"'),
        ("tests/unit/io/a.cc", '#include "control/store/store.h"'),
        ("bench/a.cc", "#include <rte_hash.h>"),
        ("control/daemon/a.cc", "std::mutex lock;"),
        ("rules/lookup/explain.cc", "auto* p = new int;"),
        ("dataplane/wire/a.cc", "// a new idea; never throw, no mutex"),
        ("dataplane/wire/a.cc", 'const char* t = "throw new mutex";'),
    ]

    def problems(self, path, text):
        return list(check_layers.check_file(path, text))

    def test_each_planted_violation_is_reported_with_its_line(self):
        for path, text, words in self.FORBIDDEN:
            with self.subTest(path=path, text=text):
                found = self.problems(path, "// a file\n" + text + "\n")
                self.assertEqual(len(found), 1, found)
                self.assertIn(words, found[0])
                self.assertIn(f"{path}:2:", found[0])

    def test_what_is_allowed_is_not_reported(self):
        for path, text in self.ALLOWED:
            with self.subTest(path=path, text=text):
                self.assertEqual(self.problems(path, text + "\n"), [])

    def test_the_whole_tree_is_walked(self):
        self.write("dataplane/wire/deep/er/a.cc", "#include <iostream>\n")
        self.write("control/x/b.h", '#include "dataplane/io/port.h"\n')
        problems, files = check_layers.check(self.root)
        self.assertEqual((len(problems), files), (2, 2), problems)


def function_of(lines, head="int f(int a)"):
    return head + " {\n" + "    a();\n" * (lines - 2) + "}\n"


class Sizes(Tree):
    def problems(self):
        return check_sizes.check(self.root)[0]

    def cpp(self, text, path="rules/base/a.cc"):
        self.write("rules/base/README.md", "# base\n")
        self.write(path, text)
        return self.problems()

    def test_a_long_function_is_reported_where_it_begins(self):
        for head in ("int f(int a)", "void C::g() const noexcept", "C::C(int a) : a_(a), b_{1}",
                     "template <class T>\nauto h(T a) -> int", "struct S s(int a)",
                     "TEST(Suite, Name)"):
            with self.subTest(head=head):
                lines = 71 - head.count("\n")
                found = self.cpp("// head\n\n" + function_of(lines, head))
                self.assertEqual(len(found), 1, found)
                self.assertIn("71 lines, at most 70", found[0])
                self.assertIn("rules/base/a.cc:3", found[0])

    def test_a_function_of_the_limit_passes(self):
        self.assertEqual(self.cpp(function_of(70)), [])

    def test_long_types_and_namespaces_are_not_functions(self):
        body = "int a;\n" * 90
        for head in ("namespace a", "struct S", "class C : public B", "enum class E",
                     "constexpr int kTable[] =", "union U"):
            with self.subTest(head=head):
                self.assertEqual(self.cpp(head + " {\n" + body + "};\n"), [])

    def test_methods_inside_types_are_measured(self):
        found = self.cpp("class C {\n  public:\n" + function_of(80) + "};\n")
        self.assertEqual(len(found), 1, found)
        self.assertIn("rules/base/a.cc:3", found[0])

    def test_braces_in_text_do_not_confuse(self):
        text = "int f() {\n    g(\"}}}\", '{', 1'000); // }\n" + "    a();\n" * 80 + "}\n"
        self.assertEqual(len(self.cpp(text)), 1)

    def test_a_long_file_is_reported(self):
        self.assertIn("501 lines", self.cpp("int a;\n" * 501)[0])
        self.assertEqual(self.cpp("int a;\n" * 500), [])

    def test_a_long_python_function_is_reported(self):
        body = "def f(\n    a,\n):\n" + "    a()\n\n" * 35
        self.assertIn("72 lines", self.cpp(body, "rules/base/a.py")[0])

    def test_code_without_readme_is_reported(self):
        self.write("rules/new/a.cc", "int a;\n")
        self.assertIn("no README.md", self.problems()[0])

    def test_mirrors_and_data_need_no_readme_of_their_own(self):
        for folder in ("tests/unit/base", "tests/fuzz/targets", "rules/x/data"):
            self.write(f"{folder}/a.py", "a = 1\n")
        self.assertEqual(self.problems(), [])

    def test_a_long_readme_is_reported(self):
        self.write("rules/base/a.cc", "int a;\n")
        self.write("rules/base/README.md", "line\n" * 41)
        self.assertIn("41 lines", self.problems()[0])

    def test_marks_of_unfinished_work_are_reported(self):
        for mark in ("TO" "DO", "FIX" "ME", "XX" "X", "HA" "CK"):
            with self.subTest(mark=mark):
                self.assertIn("finish it", self.cpp(f"int a;  // {mark}: later\n")[0])

    def test_exceptions_may_only_shrink(self):
        def with_exception(allowed, actual):
            self.write("tools/size_exceptions.txt", f"{allowed} rules/base/a.cc\n")
            return self.cpp("int a;\n" * actual)

        self.assertEqual(with_exception(600, 600), [])
        self.assertIn("at most 600", with_exception(600, 601)[0])
        self.assertIn("lower its exception", with_exception(600, 599)[0])
        self.assertIn("take it out", with_exception(600, 400)[0])

    def test_an_exception_for_nothing_is_reported(self):
        self.write("tools/size_exceptions.txt", "600 rules/base/gone.cc\n")
        self.assertIn("nothing is called", self.problems()[0])

    def test_a_script_without_ending_is_code(self):
        self.write("tools/run", "#!/bin/bash\n" + "true\n" * 500)
        self.assertTrue(any("tools/run: 501 lines" in p for p in self.problems()))


if __name__ == "__main__":
    unittest.main()
