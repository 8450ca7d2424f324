"""The dialogues (tests/dialogues/README.md), and the answers when every command is off."""
import glob
import os
import re
import subprocess

import pytest

import hosts
from private_host import MAIL_UID

FILES = sorted(glob.glob(os.path.join(os.path.dirname(__file__), "..", "dialogues", "*.txt")))
# The settings that the README gives for the time before login.
LOGIN = {"help": "long", "capabilities": "X-LAST, LOGIN-DELAY 900 USER",
         "unknown_command": "That command is not known here."}

each_dialogue = pytest.mark.parametrize("file", FILES, ids=lambda file: os.path.basename(file)[:-len(".txt")])


def run_dialogues(pytestconfig, *arguments):
    result = subprocess.run([pytestconfig.option.run_dialogues, *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def host():
    with hosts.new_host(login=LOGIN) as host:
        yield host
    assert not re.findall(r".*(?:Panic:|Fatal:|runtime error).*" if not hosts.standalone
                          else r".*(?:ERROR: |runtime error).*", host.log())


@each_dialogue
def test_dialogue(pytestconfig, host, file):
    owner = "0:0" if hosts.standalone else f"{MAIL_UID}:{MAIL_UID}"
    run_dialogues(pytestconfig, "--host", host.name(), "--port", host.port, "--homes", host.homes, "--policies",
                  host.policies, "--owner", owner, file)


@pytest.fixture(scope="module")
def without_plugin_and_off():
    """Two Dovecots for the same mail: one without the plugin, the other with every command off."""
    if hosts.standalone:
        pytest.skip("about Dovecot only")
    plain = hosts.new_host(plugin=False)
    off = hosts.new_host(homes=plain.homes)
    with open(os.path.join(off.policies, "default.toml"), "w") as file:
        file.write("[commands]\nallow = []\n")
    with plain, off:
        yield plain, off


@each_dialogue
def test_off_is_off(pytestconfig, without_plugin_and_off, file):
    """Both give the same octets."""
    plain, off = without_plugin_and_off
    run_dialogues(pytestconfig, "--compare", plain.port, off.port, "--homes", plain.homes, "--owner",
                  f"{MAIL_UID}:{MAIL_UID}", file)
