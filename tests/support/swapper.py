"""Swaps what stands at a path of its own directory: swapper.py DIRECTORY VICTIM UID SECONDS COUNT.

It becomes the user first. Each round puts something else in the place of `d` (a directory, a link to
the victim's directory) and of `d/f`, `g` (a file, links to the victim's files, a directory, a FIFO).
"""

import os
import sys
import time

directory, victim, uid, seconds, count = sys.argv[1:]
os.setgroups([])
os.setgid(int(uid))
os.setuid(int(uid))
os.chdir(directory)
end = time.monotonic() + float(seconds)
# On a busy machine the time is over before anything was tried.
LEAST = 600


def quietly(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        pass


def make_file(name):
    file = os.open(name, os.O_WRONLY | os.O_CREAT, 0o644)
    os.write(file, b"x")
    os.close(file)


def clear(name):
    for inside in os.listdir(name):
        quietly(os.unlink, f"{name}/{inside}")
        quietly(os.rmdir, f"{name}/{inside}")
    os.rmdir(name)


def empty(name):
    """Removes whatever stands there; what root made in it is moved away."""
    quietly(os.unlink, name)
    if os.path.isdir(name) and not os.path.islink(name):
        quietly(clear, name)
        if os.path.isdir(name):
            quietly(os.rename, name, f"old{rounds}")


rounds = 0
while rounds < int(count) and (rounds < LEAST or time.monotonic() < end):
    what = rounds % 6
    for name in ("d", "g"):
        empty(name)
        if what in (0, 2, 5) and name == "d":
            quietly(os.mkdir, "d")
            if what == 2:
                quietly(os.symlink, f"{victim}/f", "d/f")
            if what == 5:
                quietly(os.symlink, victim, "d/sub")
        elif what in (1, 4):
            quietly(os.symlink, victim, name)
        elif what == 0:
            quietly(os.symlink, f"{victim}/f", name)
        elif what == 2:
            quietly(os.mkfifo, name)
        elif what == 3:
            quietly(make_file, name)
        else:
            quietly(os.symlink, f"{victim}/new", name)
    rounds += 1
print(rounds)
