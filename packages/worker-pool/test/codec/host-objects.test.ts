import { createSecretKey } from "node:crypto";
import { open } from "node:fs/promises";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Transferable } from "@concurrent-futures/core";
import { afterEach, describe, expect, test } from "@jest/globals";
import { decode, type Encoded } from "../../dist/codec/index.js";
import { host, newEncoder, refusal } from "../fixtures/codec/round-trip.js";

let ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports) port.close();
  ports = [];
});

function channel(): MessageChannel {
  const made = new MessageChannel();
  ports.push(made.port1, made.port2);
  return made;
}

/** What a transport between threads does. */
function post({ bytes, extras, transfer }: Encoded): unknown {
  const { port1, port2 } = channel();
  port1.postMessage({ bytes: bytes.slice(), extras }, (transfer ?? []) as MessagePort[]);
  const { message } = receiveMessageOnPort(port2) as { message: { bytes: Uint8Array; extras?: unknown[] } };
  return decode(message.bytes, message.extras ?? [], host);
}

const send = <T>(value: T, transfer?: readonly Transferable[]): T => post(newEncoder().encode(value, transfer)) as T;

/** What of it is used here; it is not in the typings. */
interface WebAssemblyNamespace {
  Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => { buffer: ArrayBufferLike };
  Module: (new (bytes: Uint8Array) => object) & { exports(module: object): unknown[] };
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyNamespace };
const emptyModule = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

describe("host objects between threads", () => {
  test("shared memory is shared, also under views and for several of them", () => {
    const memory = new SharedArrayBuffer(16);
    const copy = send({ memory, bytes: new Uint8Array(memory, 4, 4), buffer: Buffer.from(memory, 8, 2) });
    copy.bytes[0] = 7;
    copy.buffer[0] = 9;
    expect(new Uint8Array(memory)[4]).toBe(7);
    expect(new Uint8Array(memory)[8]).toBe(9);
    expect(copy.bytes.buffer).toBe(copy.memory);
  });

  test("a KeyObject, a CryptoKey, a Blob, a WebAssembly.Module and shared WebAssembly.Memory are posted along", async () => {
    const key = createSecretKey(Buffer.from("secret"));
    const cryptoKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const value = {
      key,
      again: [key],
      cryptoKey,
      blob: new Blob(["text"]),
      module: new WebAssembly.Module(emptyModule),
      memory,
    };
    const copy = send(value);
    expect(copy.key.export().toString()).toBe("secret");
    expect(copy.again[0]).toBe(copy.key);
    expect((copy.cryptoKey as { type: string }).type).toBe("secret");
    expect(await copy.blob.text()).toBe("text");
    expect(WebAssembly.Module.exports(copy.module)).toEqual([]);
    expect(copy.memory.buffer.byteLength).toBe(65_536);
  });

  test("a transferred buffer is moved, views over it are kept, also a view cut out of the middle", () => {
    const numbers = new Float64Array([1, 2, 3, 4]);
    const encoded = newEncoder().encode({ numbers, middle: numbers.subarray(1, 3), buffer: numbers.buffer }, [
      numbers.buffer,
    ]);
    expect(encoded.bytes.length).toBeLessThan(150);
    const copy = post(encoded) as { numbers: Float64Array; middle: Float64Array; buffer: ArrayBuffer };
    expect(numbers.length).toBe(0);
    expect([...copy.numbers]).toEqual([1, 2, 3, 4]);
    expect([...copy.middle]).toEqual([2, 3]);
    expect(copy.middle.buffer).toBe(copy.buffer);
  });

  test("a MessagePort and a FileHandle that are listed are moved", async () => {
    const { port1, port2 } = channel();
    const handle = await open(process.execPath);
    const copy = send({ port: port1, handle }, [port1, handle]);
    ports.push(copy.port);
    copy.port.postMessage("through");
    expect(receiveMessageOnPort(port2)).toEqual({ message: "through" });
    await copy.handle.close();
  });

  test("what is listed but not in the value is moved too", () => {
    const { buffer } = new Uint8Array(8);
    expect(send([1], [buffer])).toEqual([1]);
    expect(buffer.byteLength).toBe(0);
  });

  test("an empty list is none, and lists are not kept", () => {
    const encoder = newEncoder();
    const { buffer } = new Uint8Array(8);
    expect(encoder.encode([1], []).extras).toBeUndefined();
    expect(encoder.encode([buffer], [buffer]).transfer).toEqual([buffer]);
    const { extras, transfer } = encoder.encode([buffer]);
    expect([extras, transfer]).toEqual([undefined, undefined]);
  });

  test("what can only be transferred must be listed", async () => {
    const { port1 } = channel();
    expect(refusal([port1])).toMatchObject({ path: "result[0]", code: "ERR_SERIALIZATION" });
    expect(refusal([port1]).message).toMatch(
      /instance of MessagePort, which can only be transferred. List it in the `transfer`/,
    );
    expect(refusal([new ReadableStream()]).message).toMatch(/ReadableStream.*List it/);
    const handle = await open(process.execPath);
    expect(refusal({ handle }).message).toMatch(/FileHandle.*List it/);
    await handle.close();
  });

  test("a wrong list is refused, naming the entry", () => {
    const buffer = new ArrayBuffer(8);
    const detached = new ArrayBuffer(8);
    structuredClone(detached, { transfer: [detached] });
    const cases: [unknown[], string, RegExp][] = [
      [[buffer, buffer], "transfer[1]", /listed twice/],
      [[new SharedArrayBuffer(8)], "transfer[0]", /shared as it is. Leave it out/],
      [[new Uint8Array(buffer)], "transfer[0]", /a view. List its memory, view.buffer/],
      [[buffer, detached], "transfer[1]", /transferred away before/],
      [["text"], "transfer[0]", /expected something transferable such as an ArrayBuffer or a MessagePort, got text/],
      [[{}], "transfer[0]", /an instance of Object, which cannot be transferred/],
      [[Buffer.from("pooled").buffer], "transfer[0]", /shares this memory among many.*new Uint8Array\(buffer\)/],
    ];
    for (const [transfer, path, message] of cases) {
      const error = refusal([1], { side: "argument" }, transfer);
      expect(error).toMatchObject({ side: "argument", path, code: "ERR_SERIALIZATION" });
      expect(error.message).toMatch(message);
    }
  });

  test("a copy with memory of its own, as the message advises, can be transferred", () => {
    const own = new Uint8Array(Buffer.from("pooled"));
    expect(Buffer.from(send(own, [own.buffer])).toString()).toBe("pooled");
  });
});

describe("host objects between processes", () => {
  const processes = { side: "argument", hostObjects: false } as const;

  test("shared memory is refused with the alternatives", () => {
    const memory = new SharedArrayBuffer(8);
    for (const value of [memory, new Uint8Array(memory)]) {
      const error = refusal([value], processes);
      expect(error).toMatchObject({ path: "args[0]", code: "ERR_SERIALIZATION" });
      expect(error.message).toMatch(/SharedArrayBuffer.*process.*@concurrent-futures\/shared/);
    }
  });

  test.each<[string, () => unknown]>([
    ["KeyObject", () => createSecretKey(Buffer.from("secret"))],
    ["Blob", () => new Blob(["x"])],
    ["MessagePort", () => channel().port1],
    ["Module", () => new WebAssembly.Module(emptyModule)],
    ["ReadableStream", () => new ReadableStream()],
  ])("%s is refused", (name, make) => {
    expect(refusal([make()], processes).message).toMatch(new RegExp(`${name}.*cannot go to a process`));
  });

  test("a transfer list is refused: everything is copied there", () => {
    const buffer = new ArrayBuffer(8);
    const error = refusal([buffer], processes, [buffer]);
    expect(error).toMatchObject({ path: "transfer", side: "argument" });
    expect(error.message).toMatch(/between processes everything is copied/);
    expect(() => newEncoder(processes).encode([buffer], [])).not.toThrow();
  });
});
