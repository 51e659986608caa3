/** Killed between the two words that one change of a semaphore touches: simulated, since no signal hits that often. */
import { expect, test } from "@jest/globals";
import { Block } from "../dist/block.js";
import { PERMIT_BYTES, Permits } from "../dist/permits.js";

function create(value: number) {
  const block = Block.create(PERMIT_BYTES);
  const permits = new Permits(block, false);
  permits.start(value);
  const words = new BigUint64Array(block.data.buffer, block.data.byteOffset, block.data.length / 8);
  const place = 1 + block.parking.me;
  return { permits, words, place, held: () => Number((words[place] as bigint) & 0xffff_ffffn) };
}

test("a change that was begun is completed by the next to come, once", () => {
  const { permits, words, place, held } = create(5);
  for (const [change, after] of [
    [() => permits.take(), 1],
    [() => permits.take(), 2],
    [() => permits.give(1), 1],
    [() => permits.take(), 2],
    [() => permits.give(2), 0],
  ] as const) {
    const before = words[place] as bigint;
    change();
    expect(held()).toBe(after);
    const value = permits.value;
    words[place] = before; // as if it had been killed right after the change of the value
    permits.take();
    permits.give(1);
    expect([held(), permits.value]).toEqual([after, value]);
  }
});

test("turns come round without a change being lost", () => {
  const { permits, held } = create(3);
  permits.take();
  for (let i = 0; i < 40_000; i++) {
    permits.take();
    permits.give(1);
  }
  expect([held(), permits.value]).toEqual([1, 2]);
});
