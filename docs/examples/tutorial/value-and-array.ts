/** A number and an array in memory that the parent and two processes share. */
import { isMain, Process, SharedArray, Value } from "concurrent-futures";

export function setNumber(number: Value<"int32">): void {
  number.value = 42;
}

export function doubleAll(numbers: SharedArray<"int32">): void {
  for (let i = 0; i < numbers.length; i++) numbers.set(i, numbers.get(i) * 2);
}

if (isMain(import.meta)) {
  const number = new Value("int32", 0);
  const numbers = new SharedArray("int32", [1, 2, 3]);
  const processes = [
    new Process({ target: setNumber, args: [number] }),
    new Process({ target: doubleAll, args: [numbers] }),
  ];
  for (const process of processes) process.start();
  for (const process of processes) await process.join();
  console.log(number.value);
  console.log(numbers.array.join(", "));
}

// Output:
// 42
// 2, 4, 6
