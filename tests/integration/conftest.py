"""Pytest's options that name the host of the tests: a real Dovecot, or the standalone one.

  pytest-3 tests/integration --modules DIR [--tree DIR] [--require dovecot-2.4] [--mta DIR]
  pytest-3 tests/integration --standalone PROGRAM [--mta DIR]
"""
import os
import tempfile

import pytest

import hosts


def pytest_addoption(parser):
    group = parser.getgroup("the host of the integration tests")
    group.addoption("--modules", metavar="DIR", help="a Dovecot with the modules of a build")
    group.addoption("--standalone", metavar="PROGRAM", help="pop3-legacy-host")
    group.addoption("--tree", metavar="DIR", help="the Debian tree whose Dovecot it is (debian_tree.sh)")
    group.addoption("--mta", metavar="DIR", help="the tree with mail servers; without it their tests are skipped")
    group.addoption("--require", metavar="NAME", help="end with an error if the host is another one")
    group.addoption("--run-dialogues", metavar="PROGRAM", default="build/run_dialogues")


def pytest_configure(config):
    option = config.option
    if bool(option.modules) == bool(option.standalone):
        raise pytest.UsageError("say --modules or --standalone")
    scratch = tempfile.TemporaryDirectory(prefix="p3l.")
    config.add_cleanup(scratch.cleanup)
    os.chmod(scratch.name, 0o755)
    hosts.configure(scratch.name, option.modules, option.tree, option.standalone, option.mta)
    if option.require not in (None, hosts.host_name):
        raise pytest.UsageError(f"this is {hosts.host_name}, not {option.require}")


def pytest_report_header():
    return f"host: {hosts.host_name}"
