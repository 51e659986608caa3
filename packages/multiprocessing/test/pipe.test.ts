import { type Connection, Pipe } from "@concurrent-futures/multiprocessing";
import { Queue, Value } from "@concurrent-futures/shared";
import { expect, test } from "@jest/globals";

const ENDED = { code: "ERR_END_OF_FILE" };
const CLOSED = { code: "ERR_INVALID_STATE" };

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

test("both ends send and receive, in order, in all forms", async () => {
  const [a, b] = Pipe();
  await a.send(1);
  a.sendSync({ two: [2] });
  await b.send("three");
  expect([await b.recv(), b.recvSync(), await a.recv({ timeout: 100 })]).toEqual([1, { two: [2] }, "three"]);
});

test("without duplex the first end receives and the second sends", async () => {
  const [receiver, sender] = Pipe<string>({ duplex: false });
  expect([receiver.readable, receiver.writable, sender.readable, sender.writable]).toEqual([true, false, false, true]);
  await sender.send("hello");
  expect(await receiver.recv()).toBe("hello");
  await expect(receiver.send("no")).rejects.toMatchObject(CLOSED);
  await expect(sender.recv()).rejects.toMatchObject(CLOSED);
  await expect(sender.poll()).rejects.toMatchObject(CLOSED);
  expect(thrownBy(() => sender.recvSync())).toMatchObject(CLOSED);
});

test("poll says whether something is there, at once or in time", async () => {
  const [a, b] = Pipe();
  expect([await b.poll(), b.pollSync(), await b.poll({ timeout: 10 })]).toEqual([false, false, false]);
  const polling = b.poll({ timeout: 50_000 });
  await a.send(1);
  expect([await polling, await b.poll(), b.pollSync({ timeout: 10 })]).toEqual([true, true, true]);
  await b.recv();
  expect(await b.poll()).toBe(false);
});

test("a recv that takes too long, or is aborted, takes nothing", async () => {
  const [a, b] = Pipe();
  await expect(b.recv({ timeout: 10 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  expect(thrownBy(() => b.recvSync({ timeout: 10 }))).toMatchObject({ code: "ERR_TIMEOUT" });
  const reason = new Error("enough");
  const controller = new AbortController();
  const receiving = b.recv({ signal: controller.signal });
  controller.abort(reason);
  await expect(receiving).rejects.toBe(reason);
  await a.send(1);
  expect(await b.recv()).toBe(1);
});

test("after close the other end receives what was sent, then the end", async () => {
  const [a, b] = Pipe();
  await a.send(1);
  await a.send(2);
  a.close();
  a.close();
  expect([await b.recv(), await b.poll(), b.recvSync()]).toEqual([1, true, 2]);
  await expect(b.recv()).rejects.toMatchObject(ENDED);
  expect(thrownBy(() => b.recvSync())).toMatchObject(ENDED);
  expect(await b.poll()).toBe(true);
  await expect(b.send(3)).rejects.toMatchObject(ENDED);
  expect(thrownBy(() => b.sendSync(3))).toMatchObject(ENDED);
});

test("close ends a recv that waits, on both sides", async () => {
  const [a, b] = Pipe();
  const waiting = [a.recv(), b.recv()];
  a.close();
  await Promise.all([
    expect(waiting[0]).rejects.toMatchObject(CLOSED),
    expect(waiting[1]).rejects.toMatchObject(ENDED),
  ]);
});

test("a closed end does nothing any more", async () => {
  const [a, b] = Pipe();
  a.close();
  expect([a.closed, b.closed]).toEqual([true, false]);
  await expect(a.send(1)).rejects.toMatchObject(CLOSED);
  await expect(a.recv()).rejects.toMatchObject(CLOSED);
  const queue = new Queue<Connection>();
  expect(thrownBy(() => queue.putSync(a))).toMatchObject({ code: "ERR_SERIALIZATION" });
});

test("`using` closes an end", async () => {
  const [a, b] = Pipe();
  {
    using end = a;
    await end.send(1);
  }
  expect(await b.recv()).toBe(1);
  await expect(b.recv()).rejects.toMatchObject(ENDED);
});

test("what cannot be sent is refused", async () => {
  const [a, b] = Pipe<unknown>();
  await expect(a.send(() => {})).rejects.toMatchObject({ code: "ERR_SERIALIZATION" });
  expect(await b.poll()).toBe(false);
});

test("shared objects and other pipes travel", async () => {
  const [a, b] = Pipe<unknown>();
  const [c, d] = Pipe<number>();
  const value = new Value("int32");
  await a.send({ value, d });
  const got = (await b.recv()) as { value: Value; d: Connection<number> };
  expect(got.value).toBe(value);
  await c.send(5);
  expect(await got.d.recv()).toBe(5);
  await d.send(6);
  expect(await c.recv()).toBe(6);
});

test("options that are wrong are refused", async () => {
  expect(thrownBy(() => Pipe(false as never))).toMatchObject({ name: "TypeError" });
  expect(thrownBy(() => Pipe({ duplex: 1 as never }))).toMatchObject({ name: "TypeError" });
  const [a] = Pipe();
  await expect(a.recv({ timeout: -1 })).rejects.toMatchObject({ name: "RangeError" });
  await expect(a.poll({ timeout: "1" as never })).rejects.toMatchObject({ name: "TypeError" });
});
