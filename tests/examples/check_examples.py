"""check_examples.py BUILD: tries the examples of CONTRIBUTING.md, each in a copy of the sources.

The patches add a command, a key, a scheme and a dialect. Each may touch as many files as
CONTRIBUTING.md says. What it changes is compiled as in BUILD and linked with the rest from BUILD.
That takes some seconds each, except for the key: all files of policy/ include Policy."""
import concurrent.futures
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
POLICY = ["plugin/core/policy/*.cc", "plugin/core/policy/*/*.cc", "plugin/policy-tool/*.cc"]


class Example:
    """A patched copy of the sources."""

    def __init__(self, build, name):
        self.build = build
        self.patch = os.path.join(HERE, name + ".patch")
        self.folder = os.path.join(build, "tests", "examples", name)
        shutil.rmtree(self.folder, ignore_errors=True)
        for part in ["plugin", "shim", "tests"]:
            shutil.copytree(os.path.join(SOURCE, part), os.path.join(self.folder, part))
        run(["patch", "-p1", "--no-backup-if-mismatch", "-s", "-i", self.patch], self.folder)
        with open(self.patch, encoding="utf-8") as file:
            self.files = re.findall(r"^\+\+\+ b/(\S+)", file.read(), re.MULTILINE)
        with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
            self.entries = {entry["file"]: entry for entry in json.load(file)}

    def touches(self, *patterns):
        """Checks that the files match the patterns, one file for each."""
        matched = [[name for name in self.files if re.fullmatch(pattern, name)] for pattern in patterns]
        if len(self.files) != len(patterns) or not all(matched):
            raise AssertionError(f"{self.patch}: {self.files} are not {patterns}")

    def sources(self, patterns=()):
        """What must be compiled: the patch's files and those that match `patterns`."""
        found = {name for name in self.files if name.endswith(".cc")}
        for pattern in patterns:
            found |= {os.path.relpath(name, self.folder) for name in glob.glob(f"{self.folder}/{pattern}")}
        return sorted(found)

    def compile(self, name, *options):
        """Compiles the source `name` with its own options or, if it is new, with those of another
        file in its folder. Returns the object."""
        path = os.path.join(SOURCE, name)
        entry = self.entries.get(path) or next(
            entry for file, entry in sorted(self.entries.items()) if os.path.dirname(file) == os.path.dirname(path))
        words = entry.get("arguments") or shlex.split(entry["command"])
        new = os.path.join(self.folder, name + ".o")
        out = words.index("-o")
        words[out + 1] = new
        words[words.index("-c") + 1] = os.path.join(self.folder, name)
        words = [f"-I{self.folder}" if word == f"-I{SOURCE}" else word for word in words]
        run([*words, "-O0", "-g0", "-U_FORTIFY_SOURCE", *options], entry["directory"])
        return new

    def compile_all(self, names):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(self.compile, names))

    def link(self, target, objects, without=r"(?!)"):
        """Links the program `target` of the build with `objects` before its own, leaving out those
        that match `without`."""
        words, folder = self.link_command(target)
        program = os.path.join(self.folder, os.path.basename(target))
        out = words.index("-o")
        words[out + 1] = program
        words = [word for word in words if not re.search(without, word)]
        first = next(i for i, word in enumerate(words) if re.search(r"\.(o|a)$", word))
        run([*words[:first], *objects, *words[first:]], folder)
        return program

    def link_command(self, target):
        if os.path.exists(os.path.join(self.build, "build.ninja")):
            last = run(["ninja", "-C", self.build, "-t", "commands", "-s", target], self.build).splitlines()[-1]
            return shlex.split(last.split("&&")[1]), self.build
        [path] = glob.glob(f"{self.build}/**/{os.path.basename(target)}.dir/link.txt", recursive=True)
        with open(path, encoding="utf-8") as file:
            return shlex.split(file.read()), os.path.dirname(os.path.dirname(os.path.dirname(path)))


def run(command, folder, stdin=""):
    done = subprocess.run(command, cwd=folder, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(text, *parts):
    for part in parts:
        if part not in text:
            raise AssertionError(f"{part!r} is not in\n{text}")


def play(example, objects):
    program = example.link("run_dialogues", objects)
    dialogue = next(name for name in example.files if name.startswith("tests/dialogues/"))
    expect(run([program, "--host", "memory", dialogue], example.folder), "[  PASSED  ] ")


def command(build):
    example = Example(build, "command")
    example.touches(r"plugin/core/commands/command_table\.cc", r"plugin/core/commands/\w+\.cc", r"tests/dialogues/\w+\.txt")
    play(example, example.compile_all(example.sources()))


def key(build):
    example = Example(build, "key")
    example.touches(r"plugin/core/policy/policy\.h", r"plugin/core/policy/sections/\w+\.cc")
    objects = example.compile_all(example.sources(POLICY))
    tool = example.link("pop3-legacy-policy", objects, r"pop3_legacy_policy\.cc\.o$")
    os.mkdir(os.path.join(example.folder, "policy"))
    policy = os.path.join(example.folder, "policy", "default.toml")
    with open(policy, "w", encoding="utf-8") as file:
        file.write("[gurl]\nsecure = true\n")
    expect(run([tool, "explain", "-f", os.path.dirname(policy), "anna"], build),
           f"gurl.secure = true  # {policy}:2\n", 'gurl.url = ""  # built in\n')
    expect(run([tool, "defaults"], build), "#secure = false\n")
    expect(run([tool, "reference"], build), "**`gurl.secure`** = `false`")
    with open(policy, "w", encoding="utf-8") as file:
        file.write("[gurl]\nsecuer = true\n")
    wrong = subprocess.run([tool, "check", os.path.dirname(policy)], capture_output=True, text=True, check=False)
    expect(wrong.stdout, 'did you mean "gurl.secure"?')


def scheme(build):
    example = Example(build, "scheme")
    example.touches(r"plugin/core/uidl/schemes\.cc", r"plugin/core/uidl/\w+\.cc", r"tests/vectors/formulas\.py")
    vectors = os.path.join(example.folder, "vectors.txt")
    run([sys.executable, "-B", f"{example.folder}/tests/vectors/write_vectors.py", vectors], example.folder)
    objects = example.compile_all(example.sources())
    objects.append(example.compile("tests/unit/uidl_vectors_test.cc", "-UPOP3_LEGACY_UIDL_VECTORS",
                                   f'-DPOP3_LEGACY_UIDL_VECTORS="{vectors}"'))
    tests = example.link("tests/unit-tests", objects, r"unit-tests\.dir/unit/\w+\.cc\.o$")
    expect(run([tests, "--gtest_filter=*uid_at_validity"], build), "[  PASSED  ] 1 test.")


def dialect(build):
    example = Example(build, "dialect")
    example.touches(r"plugin/core/wording/dialects\.cc", r"tests/dialogues/[\w-]+\.txt")
    play(example, example.compile_all(example.sources()))


def main():
    failed = 0
    for example in [command, key, scheme, dialect]:
        try:
            example(os.path.abspath(sys.argv[1]))
            print(f"[       OK ] {example.__name__}", flush=True)
        except (AssertionError, OSError, StopIteration, ValueError) as error:
            print(f"[  FAILED  ] {example.__name__}: {error}", flush=True)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
