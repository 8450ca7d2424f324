"""What processes have used, by /proc."""
import contextlib
import os


def processor_seconds(process):
    """Of a process and all its threads, user and system: by the kernel's scheduler, to the nanosecond."""
    total = 0
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def descendants(root):
    """A process and all that it and its children have started."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry))
    found = [root]
    for process in found:
        found += children.get(process, [])
    return found


def used_by_all(roots):
    """{process: processor seconds} of these and their descendants."""
    used = {}
    for root in roots:
        for process in descendants(root):
            with contextlib.suppress(OSError):
                used[process] = processor_seconds(process)
    return used


def anonymous_memory(process):
    """Octets in memory that no file holds."""
    with open(f"/proc/{process}/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("RssAnon"))
