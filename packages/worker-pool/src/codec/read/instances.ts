/** Instances of classes with static [deserialize](state). */
import { types } from "node:util";
import { deserialize } from "@concurrent-futures/core";
import { inside, messageOf, Refusal } from "../path.js";
import type { ValueReader } from "./value-reader.js";

/** Stands for an instance whose state is being read. */
const unfinished: unique symbol = Symbol("unfinished");

export function readInstance(from: ValueReader): unknown {
  const cls = from.classes[from.reader.count()];
  if (cls === undefined) throw from.reader.damaged(); // a class that an instance needs was found, or reading did not begin
  const number = from.objects.push(unfinished) - 1;
  let state: unknown;
  try {
    state = from.value();
  } catch (error) {
    throw inside(error, { text: "[serialize]()" });
  }
  const instance = revive(cls as Partial<Deserializing> & { readonly name: string }, state);
  from.objects[number] = instance;
  return instance;
}

export function readBackReference(from: ValueReader): unknown {
  const number = from.reader.count();
  const { objects } = from;
  if (number >= objects.length || objects[number] === unfinished) throw from.reader.damaged();
  return objects[number];
}

interface Deserializing {
  [deserialize](state: unknown): unknown;
}

function revive(cls: Partial<Deserializing> & { readonly name: string }, state: unknown): unknown {
  if (typeof cls[deserialize] !== "function") {
    throw new Refusal(
      `the class ${cls.name} that was found here has no static [deserialize]. Are both sides the same?`,
    );
  }
  let instance: unknown;
  try {
    instance = cls[deserialize](state);
  } catch (error) {
    throw new Refusal(`the static [deserialize]() of ${cls.name} threw: ${messageOf(error)}`, error);
  }
  if (!types.isPromise(instance)) return instance;
  instance.catch(() => {}); // refused below; its own failure would be an unhandled rejection
  throw new Refusal(`the static [deserialize]() of ${cls.name} returned a promise. It must return the instance itself`);
}
