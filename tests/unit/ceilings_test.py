#!/usr/bin/env python3
"""That a row of tests/bench/instructions.py above its ceiling fails by its name, and that each has one."""
import contextlib
import io
import os
import sys
import tempfile
import tomllib
import unittest
import unittest.mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
import instructions  # noqa: E402

ROWS = list(instructions.rows())


def at_ceiling(row, more=0):
    """What is measured of a row that is this much above its ceiling."""
    limit = CEILINGS[row.name] + more
    return (100000, 100000 + limit) if row.over else (100000, limit)


with open(instructions.CEILINGS, "rb") as file:
    CEILINGS = tomllib.load(file)


class CeilingsTest(unittest.TestCase):
    def run_with(self, *measured, arguments=(), ceilings=None):
        """The exit code and the output, when this is measured, one after another."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(unittest.mock.patch.object(instructions, "measure", side_effect=measured))
            said = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            if ceilings is not None:
                file = stack.enter_context(tempfile.NamedTemporaryFile("w"))
                file.write(ceilings)
                file.flush()
                arguments = (*arguments, "--ceilings", file.name)
            code = instructions.main(["--modules", "none", *arguments])
        return code, said.getvalue().splitlines()

    def test_every_row_has_a_ceiling(self):
        self.assertEqual([row.name for row in ROWS if row.over] + [row.name for row in ROWS if not row.over],
                         list(CEILINGS))

    def test_rows_at_their_ceilings_pass(self):
        code, said = self.run_with({row.name: at_ceiling(row) for row in ROWS})
        self.assertEqual((code, said[-1]), (0, f"{len(ROWS)} passed, 0 failed"))

    def test_a_row_above_its_ceiling_fails_by_its_name(self):
        for high in ROWS:
            code, said = self.run_with({row.name: at_ceiling(row, row is high) for row in ROWS},
                                       {high.name: at_ceiling(high, 1)})
            self.assertEqual((code, said[-1]), (1, f"{len(ROWS) - 1} passed, 1 failed"))
            self.assertEqual([line for line in said if line.startswith("FAILED")],
                             [f"FAILED {high.name}: {high.what}: {CEILINGS[high.name] + 1:,} instructions"
                              f"{' more than Dovecot' if high.over else ''}, its ceiling is {CEILINGS[high.name]:,}"])

    def test_a_row_that_is_above_it_only_once_passes(self):
        noop = next(row for row in ROWS if row.name == "noop")
        code, said = self.run_with({"noop": at_ceiling(noop, 1)}, {"noop": at_ceiling(noop)}, arguments=["noop"])
        self.assertEqual((code, said[-1]), (0, "1 passed, 0 failed"))

    def test_a_ceiling_without_a_row_and_a_row_without_a_ceiling_fail(self):
        code, said = self.run_with({"noop": (1, 1)}, arguments=["noop"], ceilings="nop = 1\n")
        self.assertEqual(code, 1)
        self.assertEqual(said[-3:], ["FAILED noop: it has no ceiling", "FAILED nop: there is no such row",
                                     "0 passed, 2 failed"])

    def test_written_ceilings_are_3_percent_above(self):
        measured = {row.name: (1000, 3000) for row in ROWS}
        code, said = self.run_with(measured, arguments=["--write"], ceilings="")
        self.assertEqual((code, said[-1]), (0, f"{len(ROWS)} passed, 0 failed"))
        self.assertIn("| NOOP | 1,000 | 3,000 (+2,000) | noop: +2,361 |", said)
        self.assertIn("| LAST | 1,000 | 3,000 | last: 3,090 |", said)


if __name__ == "__main__":
    unittest.main()
