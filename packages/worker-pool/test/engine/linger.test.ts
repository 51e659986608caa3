import { beforeEach, expect, test } from "@jest/globals";
import { Linger } from "../../dist/linger.js";

const never = () => true;
const now = () => false;

let timeMs = 0;
let linger: Linger;
beforeEach(() => {
  timeMs = 0;
  linger = new Linger(() => {
    timeMs += 0.01;
    return timeMs;
  });
});

test("a look-out in place ends by itself; when several have not paid, there are no more until one would have", () => {
  expect(linger.lookOut(now)).toBe(true);
  for (let i = 0; i < 10; i++) expect(linger.lookOut(never)).toBe(false);
  expect(linger.lookOut(now)).toBe(false);
  linger.sleeps();
  timeMs += 1;
  linger.wakes(); // long afterwards
  expect(linger.lookOut(now)).toBe(false);
  linger.sleeps();
  linger.wakes(); // soon afterwards
  expect(linger.lookOut(now)).toBe(true);
});

test("a look-out over several turns begins with something found, and ends some time after the last find", () => {
  expect(linger.looksAgain(false)).toBe(false);
  expect(linger.looksAgain(true)).toBe(true);
  expect(linger.looksAgain(false)).toBe(true);
  timeMs += 1;
  expect(linger.looksAgain(true)).toBe(true);
  expect(linger.looksAgain(false)).toBe(true);
  timeMs += 1;
  expect(linger.looksAgain(false)).toBe(false);
  expect(linger.looksAgain(false)).toBe(false);
});

test("when several look-outs over turns have not paid, there are no more until one would have", () => {
  let begun = 0;
  for (let i = 0; i < 10; i++) {
    if (linger.looksAgain(true)) begun += 1;
    timeMs += 1;
    expect(linger.looksAgain(false)).toBe(false);
    linger.sleeps();
  }
  expect(begun).toBe(4);
  linger.wakes();
  expect(linger.looksAgain(true)).toBe(true);
});
