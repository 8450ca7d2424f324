"""What the build says of a Dovecot's headers before it compiles anything.

  dovecot_abi_test.py CMAKE
"""
import os
import subprocess
import sys
import tempfile
import unittest

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../plugin/dovecot/dovecot_abi.cmake")


class DovecotAbiTest(unittest.TestCase):
    def configure(self, version, abi):
        """What CMake says of the headers of this Dovecot, in one line, and its exit code."""
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "config.h"), "w") as file:
                file.write(f'#define DOVECOT_ABI_VERSION "{abi}"\n#define DOVECOT_VERSION "{version}"\n'
                           "#define DOVECOT_VERSION_MAJOR 2\n")
            with open(os.path.join(folder, "test.cmake"), "w") as file:
                file.write("cmake_minimum_required(VERSION 3.25)\n"
                           f'include("{SCRIPT}")\ndovecot_abi(abi {folder})\nmessage("the ABI is ${{abi}}")\n')
            result = subprocess.run([CMAKE, "-P", file.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    text=True)
            return " ".join(result.stdout.split()), result.returncode

    def test_supported(self):
        for version, abi in (("2.3.19.1", "2.3.ABIv19(2.3.19.1)"), ("2.3.21.1", "2.3.ABIv21(2.3.21.1)"),
                             ("2.4.1-4", "2.4.ABIv1"), ("2.4.5", "2.4.ABIv5")):
            self.assertEqual(self.configure(version, abi), (f"the ABI is {abi}", 0))

    def test_newer(self):
        self.assertEqual(self.configure("2.4.6", "2.4.ABIv6"),
                         ("The plugin has not been tested with Dovecot 2.4.6 (2.4.ABIv6). the ABI is 2.4.ABIv6", 0))

    def test_too_old(self):
        for version, abi in (("2.3.13", "2.3.ABIv13(2.3.13)"), ("2.2.36", "2.2.ABIv36(2.2.36)")):
            said, code = self.configure(version, abi)
            self.assertIn(f"This is Dovecot {version}; the plugin needs 2.3.14 or newer.", said)
            self.assertEqual(code, 1)


if __name__ == "__main__":
    CMAKE = sys.argv.pop(1)
    unittest.main()
