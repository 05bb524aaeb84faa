"""A small process that reads SPSS files, each in a fork of itself: ten thousand new processes would take hours.

It gets one line of JSON per file on standard input, the arguments of the reader and where to write, and answers with
the exit code. A fork of the tests' own process could wait forever for a lock that another thread held. Here the
only other thread is that of Arrow's allocator, which is made to be forked.
"""

import json
import os
import resource
import signal
import sys

import pyreadstat  # noqa: F401 - read once, for all forks

from engagesim.society import spss

PATIENCE = 60
"""Seconds after which a reader that hangs is stopped."""


def read(asked: list[str], out: str, err: str) -> int:
    """Do in a fork what ``spss.main`` does in a new process, and return its exit code."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE // 3, PATIENCE // 3))
        signal.alarm(PATIENCE)
        with open(out, "w") as sys.stdout, open(err, "w") as sys.stderr:
            code = 0
            sys.argv = asked
            try:
                spss.main()
            except SystemExit as end:
                code = int(end.code or 0)
            except BaseException:
                code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        print(read(*json.loads(line)), flush=True)
