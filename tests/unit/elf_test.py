"""elf_test.py [--static-libstdcxx] FILE...: modules and programs are hardened as Debian hardens its own."""
import os
import platform
import re
import subprocess
import sys
import unittest

files = []
static_libstdcxx = False


class ElfTest(unittest.TestCase):
    def check(self, assertion, *options, names=r""):
        """Calls assertion with readelf's output for each file whose name begins with `names`."""
        for path in files:
            if re.match(names, os.path.basename(path)):
                with self.subTest(path):
                    assertion(subprocess.run(["readelf", "--wide", *options, path], check=True, text=True,
                                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)

    def test_symbols_are_bound_at_the_start_and_read_only_from_then_on(self):
        self.check(lambda text: self.assertRegex(text, r"\(FLAGS_1\).*\bNOW\b"), "--dynamic")
        self.check(lambda text: self.assertIn("GNU_RELRO", text), "--program-headers")

    def test_the_code_can_stand_anywhere_and_the_stack_is_no_code(self):
        self.check(lambda text: self.assertRegex(text, r"Type: +DYN "), "--file-header")
        self.check(lambda text: self.assertRegex(text, r"GNU_STACK .* RW +0x"), "--program-headers")

    def test_every_source_is_compiled_with_the_flags(self):
        """GCC records its flags beside the debugging information."""
        flags = ["-fstack-protector-strong"]
        if platform.machine() == "x86_64":
            flags += ["-fstack-clash-protection", "-fcf-protection"]

        def assertion(text):
            for producer in re.findall(r"DW_AT_producer.*: (GNU C.*)", text):
                for flag in flags:
                    self.assertIn(flag, producer)
        self.check(assertion, "--debug-dump=info", "--dwarf-depth=1")

    def test_sizes_are_checked(self):
        """FORTIFY's functions are called where there is a size to check."""
        self.check(lambda text: self.assertRegex(text, r"__memcpy_chk\b"), "--dyn-syms",
                   names=r"lib95_pop3_legacy_plugin|lib20|pop3-legacy-policy")

    def test_libstdcxx_is_in_the_modules(self):
        self.check(lambda text: self.assertEqual(static_libstdcxx, "libstdc++.so" not in text), "--dynamic",
                   names=r"lib95_pop3_legacy_plugin|lib20")


if __name__ == "__main__":
    files = sys.argv[1:]
    if files[0] == "--static-libstdcxx":
        static_libstdcxx = bool(files.pop(0))
    unittest.main(argv=sys.argv[:1])
