"""Python's ProcessPoolExecutor, told by lines on stdin what to run: "flood COUNT" or "map COUNT"."""

import sys
from concurrent.futures import ProcessPoolExecutor


def noop(value):
    return value


def main():
    with ProcessPoolExecutor(max_workers=int(sys.argv[1])) as pool:
        print("ready", flush=True)
        for line in sys.stdin:
            order, count = line.split()
            if order == "flood":
                futures = [pool.submit(noop, 0) for _ in range(int(count))]
                for future in futures:
                    future.result()
            else:
                assert sum(pool.map(noop, range(int(count)), chunksize=1000)) == int(count) * (int(count) - 1) // 2
            print("done", flush=True)


if __name__ == "__main__":
    main()
