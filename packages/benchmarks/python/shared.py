"""What Python's processes share: "lock COUNT" or "queue COUNT" measures it and prints the sample as JSON."""

import json
import sys
import time
from multiprocessing import Array, Barrier, Event, Process, Queue, Value


def increment(value, count):
    for _ in range(count):
        with value.get_lock():
            value.value += 1


def increment_timed(value, count, start, times, me):
    increment(value, count // 10)
    start.wait()
    times[2 * me] = time.perf_counter()
    increment(value, count)
    times[2 * me + 1] = time.perf_counter()


def increments_per_second(processes, count):
    value, start, times = Value("i", 0), Barrier(processes), Array("d", 2 * processes)
    workers = [Process(target=increment_timed, args=(value, count, start, times, i)) for i in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert value.value == processes * (count + count // 10)
    return processes * count / (max(times[1::2]) - min(times[0::2]))


def consume(queue, count, ready, done):
    ready.set()
    for _ in range(count):
        queue.get()
    done.set()


def messages_per_second(count, message):
    queue, ready, done = Queue(), Event(), Event()
    consumer = Process(target=consume, args=(queue, count + 1000, ready, done))
    consumer.start()
    ready.wait()
    for i in range(1000):  # the feeder thread has started, too
        queue.put(message(i))
    start = time.perf_counter()
    for i in range(count):
        queue.put(message(i))
    done.wait()
    elapsed = time.perf_counter() - start
    consumer.join()
    return count / elapsed


def main():
    order, count = sys.argv[1], int(sys.argv[2])
    if order == "lock":
        sample = {"contended": increments_per_second(2, count), "uncontended": increments_per_second(1, count)}
    else:
        sample = {
            "numbers": messages_per_second(count, lambda i: i),
            "objects": messages_per_second(count, lambda i: {"id": i, "text": "hello"}),
        }
    print(json.dumps(sample))


if __name__ == "__main__":
    main()
