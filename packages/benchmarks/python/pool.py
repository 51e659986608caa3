"""Python's executors, told by lines of JSON on stdin what to run: {"order": "flood", ...} or {"order": "map", ...}."""

import json
import sys
from collections import deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def noop(value):
    return value


def flood(pool, count, argument, in_flight):
    waiting = deque()
    for _ in range(count):
        if len(waiting) == in_flight:
            waiting.popleft().result()
        waiting.append(pool.submit(noop, argument))
    for future in waiting:
        future.result()


def main():
    executor = {"threads": ThreadPoolExecutor, "processes": ProcessPoolExecutor}[sys.argv[1]]
    with executor(max_workers=int(sys.argv[2])) as pool:
        print("ready", flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            count = order["count"]
            if order["order"] == "flood":
                flood(pool, count, order["argument"], order.get("inFlight"))
            else:
                assert sum(pool.map(noop, range(count), chunksize=1000)) == count * (count - 1) // 2
            print("done", flush=True)


if __name__ == "__main__":
    main()
