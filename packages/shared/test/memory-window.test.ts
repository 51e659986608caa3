import { closeSync, fstatSync, ftruncateSync, readFileSync, writeSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { dropPages, type Libc, loadLibc, Window } from "../dist/memory/index.js";

const libc = loadLibc();
const BYTES = 2 ** 20;
const mapped = (): number => readFileSync("/proc/self/maps", "utf8").split("memfd:concurrent-futures").length - 1;

const files: number[] = [];
function open(libc: Libc): { readonly fd: number; readonly window: Window } {
  const fd = libc.createMemory(BYTES);
  files.push(fd);
  return { fd, window: Window.open(libc, fd, BYTES) as Window };
}
afterEach(() => {
  for (const fd of files.splice(0)) closeSync(fd);
});

(libc === undefined ? describe.skip : describe)("a window over a file in memory", () => {
  const system = libc as Libc;

  test("reads what was written, through it or to the file, at any place", () => {
    const { fd, window } = open(system);
    const source = Buffer.from("xxhello worldxx");
    for (const at of [0, 4093, BYTES - 11]) {
      window.write(at, source.subarray(2, 13));
      const target = Buffer.alloc(13, "-");
      window.read(at, target.subarray(1, 12));
      expect(target.toString()).toBe("-hello world-");
    }
    writeSync(fd, "from the file", 100);
    const target = new Uint8Array(13);
    window.read(100, target);
    expect(Buffer.from(target).toString()).toBe("from the file");
    window.close();
  });

  test.each([
    [-1, 1],
    [BYTES, 1],
    [BYTES - 3, 4],
    [0.5, 1],
    [Number.NaN, 1],
    [2 ** 60, 1],
  ])("refuses what is not in it: at %p", (at, length) => {
    const { window } = open(system);
    const bytes = new Uint8Array(length);
    expect(() => window.read(at, bytes)).toThrow(RangeError);
    expect(() => window.write(at, bytes)).toThrow(RangeError);
    window.close();
  });

  test("leaves no mapping when it is closed, and cannot be used any more", () => {
    const before = mapped();
    const { window } = open(system);
    expect(mapped()).toBe(before + 1);
    window.close();
    window.close();
    expect(mapped()).toBe(before);
    expect(() => window.read(0, new Uint8Array(1))).toThrow(RangeError);
  });

  test("its file cannot be made shorter, and can be emptied", () => {
    const { fd, window } = open(system);
    window.write(0, new Uint8Array(BYTES).fill(1));
    expect(() => ftruncateSync(fd, 10)).toThrow(expect.objectContaining({ code: "EPERM" }));
    expect(dropPages(system, fd, 4096, BYTES - 4096)).toBe(true);
    expect(fstatSync(fd)).toMatchObject({ size: BYTES, blocks: 8 });
    const bytes = new Uint8Array(2);
    window.read(4095, bytes);
    expect([...bytes]).toEqual([1, 0]);
    window.close();
  });

  test("is not there for what is no such file", () => {
    expect(Window.open(system, 9999, BYTES)).toBeUndefined();
    expect(dropPages(system, 9999, 0, BYTES)).toBe(false);
  });
});
