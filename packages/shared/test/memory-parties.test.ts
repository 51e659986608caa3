/** Who uses a shared object: the table in its memory, full, and full of the dead. */

import { deserialize, serialize } from "@concurrent-futures/core";
import { Lock, Value } from "@concurrent-futures/shared";
import { expect, test } from "@jest/globals";
import { Block } from "../dist/block.js";
import { BURIER, PARTIES, PARTY_LIMIT, RECORD } from "../dist/layout.js";
import { loadLibc } from "../dist/memory/index.js";
import { badgeOf, isAlive, isBadgeAlive, thisLife } from "../dist/memory/life.js";
import { Parties } from "../dist/parties.js";

const libc = loadLibc();
/** No thread has such a number, or has started at that time. */
const DEAD = { number: 2 ** 22 - 1, startedAt: 77 };

function tableOf(block: Block): Int32Array {
  return block.parking.table;
}

/** Fills all free records but `left` of them. */
function fillTable(table: Int32Array, life: { number: number; startedAt: number }, left = 0): void {
  let free = 0;
  for (let party = 0; party < PARTY_LIMIT; party++) {
    const at = PARTIES + party * RECORD;
    if (table[at] !== 0 || free++ < left) continue;
    table[at + 1] = life.startedAt;
    table[at + 2] = 1;
    table[at] = life.number;
  }
}

const onlyShared = libc === undefined ? test.skip : test;

onlyShared("a thread that finds the table full of the dead gets a place", () => {
  const table = new Int32Array(1024);
  fillTable(table, DEAD);
  const parties = new Parties(table, true);
  expect(parties.me).toBeGreaterThanOrEqual(0);
  expect(parties.isAlive(parties.me)).toBe(true);
  expect(parties.parties()).toEqual([parties.me]);
});

onlyShared("one that finds it full of the living is told", () => {
  const table = new Int32Array(1024);
  fillTable(table, { number: 1, startedAt: 0 });
  const parties = new Parties(table, true);
  expect(() => parties.me).toThrow(RangeError);
  expect(() => parties.me).toThrow(/120 threads and processes/);
});

onlyShared("what a dead holder held is given back when its place is wanted, before the object is used", () => {
  const state = new Lock()[serialize]();
  const block = Block.fromState(state, "Lock");
  const table = tableOf(block);
  const holder = 100;
  const words = block.words;
  fillTable(table, DEAD);
  Atomics.store(words, 0, holder + 1);
  const me = block.parking.me;
  // As a thread that has not been here yet: all places are taken.
  const other = new Parties(table, true);
  table[PARTIES + me * RECORD] = DEAD.number;
  table[PARTIES + me * RECORD + 1] = DEAD.startedAt;
  other.enter();
  expect(other.parties()).toHaveLength(PARTY_LIMIT); // nobody was buried yet
  const buried: number[] = [];
  other.onDeath((party) => buried.push(party));
  expect(other.me).toBeGreaterThanOrEqual(0);
  expect(buried).toContain(holder);
  expect(buried).toHaveLength(PARTY_LIMIT);
});

onlyShared("a burier that died is replaced", () => {
  const block = Block.create(0);
  const table = tableOf(block);
  fillTable(table, DEAD, 5);
  table[BURIER] = badgeOf(DEAD);
  expect(block.parking.sweep()).toBe(true);
  expect(table[BURIER]).toBe(0);
  expect(block.parking.parties()).toEqual([block.parking.me]);
});

onlyShared("nobody else buries while one that lives does", () => {
  const block = Block.create(0);
  const table = tableOf(block);
  fillTable(table, DEAD, 5);
  const parent = { number: process.ppid, startedAt: 0 };
  const start = libc?.readFile(`/proc/${process.ppid}/stat`)?.split(") ")[1]?.split(" ")[19];
  table[BURIER] = badgeOf({ ...parent, startedAt: Number(start) });
  expect(block.parking.sweep()).toBe(false);
  expect(block.parking.parties().length).toBeGreaterThan(1);
});

onlyShared("a life is known by number and start time, a badge too; in doubt one lives", () => {
  const self = thisLife(libc);
  expect(self.startedAt).toBeGreaterThan(0);
  expect(isAlive(libc, self)).toBe(true);
  expect(isAlive(libc, { ...self, startedAt: self.startedAt + 1 })).toBe(false);
  expect(isAlive(libc, DEAD)).toBe(false);
  expect(isAlive(libc, { number: self.number, startedAt: 0 })).toBe(true); // not known
  expect(isBadgeAlive(libc, badgeOf(self))).toBe(true);
  expect(isBadgeAlive(libc, badgeOf({ ...self, startedAt: self.startedAt + 1 }))).toBe(false);
  expect(isBadgeAlive(libc, badgeOf(DEAD))).toBe(false);
  expect(badgeOf({ number: 2 ** 22 - 1, startedAt: 2 ** 31 - 1 })).toBeGreaterThan(0);
});

onlyShared("where a number cannot be looked up, nobody is taken for dead", () => {
  const blind = {
    ...libc,
    readFile() {
      throw new Error("Opening failed with errno 24");
    },
  } as unknown as typeof libc;
  expect(isAlive(blind, DEAD)).toBe(true);
  expect(isBadgeAlive(blind, badgeOf(DEAD))).toBe(true);
});

test("junk for a state is refused", () => {
  for (const junk of [undefined, null, 5, {}, { id: "x" }, { id: "x", memory: null }]) {
    expect(() => Lock[deserialize](junk)).toThrow(TypeError);
  }
  const gone = { pid: process.pid, fd: 1, address: 0, bytes: 8, viewed: 8 };
  const elsewhere = { ...gone, pid: 2 ** 22 - 1 };
  const notMemory = { ...gone, pid: process.ppid, fd: 0 };
  for (const memory of [elsewhere, notMemory]) {
    expect(() => Lock[deserialize]({ id: "1.2.3.4", memory })).toThrow(/Cannot open the memory of a shared Lock/);
  }
});

onlyShared("a state whose memory is another's by now is refused", () => {
  const { memory } = new Value("int8")[serialize]().block;
  expect(() => Lock[deserialize]({ id: "1.2.3.4", memory })).toThrow(/has dropped it/);
});
