"""A process that does what its argument says, for the tests of those that are run beside."""

import sys
import threading

from kit.processes.bounded import OUT_OF_MEMORY, keep_within

MEMORY = 200 << 20


def main(kind: str) -> None:
    """Echo, or take time, memory, both as one large number, wait, or fail."""
    if kind == "echo":
        sys.stdout.buffer.write(sys.stdin.buffer.read())
        return
    keep_within(1, MEMORY)
    print("begun", flush=True)
    if kind == "time":
        while True:
            pass
    elif kind == "memory":
        print(len([bytes(1 << 20) for _ in range(MEMORY)]))
    elif kind == "number":
        print(9**9**9)
    elif kind == "wait":
        threading.Event().wait()
    else:
        raise ValueError(kind)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
