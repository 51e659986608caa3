import { describe, expect, test } from "@jest/globals";
import { framesOf, MessageReader, newToken } from "../../dist/plugins/command-executor/messages.js";

/** What a reader makes of a stream that arrives in chunks of this size. */
function read(token: Buffer, stream: Buffer, chunkBytes: number): { messages: Buffer[]; text: string } {
  const messages: Buffer[] = [];
  const texts: Buffer[] = [];
  const reader = new MessageReader(
    token,
    (message) => messages.push(message),
    (text) => texts.push(Buffer.from(text)),
  );
  for (let at = 0; at < stream.length; at += chunkBytes) reader.push(stream.subarray(at, at + chunkBytes));
  reader.end();
  return { messages, text: Buffer.concat(texts).toString("latin1") };
}

describe("messages", () => {
  const token = newToken();
  const sizes = [0, 1, 4077, 4078, 4079, 70_000];
  const sent = sizes.map((size) => Buffer.alloc(size, size % 251));

  test("no frame is longer than what a pipe takes at once", () => {
    for (const message of sent) for (const frame of framesOf(token, message)) expect(frame.length).toBeLessThan(4097);
  });

  test.each([1, 7, 17, 18, 4096, 1_000_000])("arrive as they were sent, in chunks of %i bytes", (chunkBytes) => {
    const stream = Buffer.concat(sent.flatMap((message) => [...framesOf(token, message)]));
    const { messages, text } = read(token, stream, chunkBytes);
    expect(messages.map(({ length }) => length)).toEqual(sizes);
    expect(messages.every((message, index) => message.equals(sent[index] ?? Buffer.alloc(0)))).toBe(true);
    expect(text).toBe("");
  });

  test.each([1, 7, 17, 18, 4096, 1_000_000])(
    "are told from the text around them, in chunks of %i bytes",
    (chunkBytes) => {
      const almost = token.subarray(0, 15).toString("latin1");
      const printed = ["hello\n", almost, "", `${almost}${almost}`, "x".repeat(10_000), "\u0000"];
      const parts = sent.flatMap((message, index) =>
        [...framesOf(token, message)].flatMap((frame) => [Buffer.from(printed[index] ?? "", "latin1"), frame]),
      );
      const { messages, text } = read(token, Buffer.concat([...parts, Buffer.from(almost, "latin1")]), chunkBytes);
      expect(messages.map(({ length }) => length)).toEqual(sizes);
      const times = sent.map((message) => [...framesOf(token, message)].length);
      expect(text).toBe(`${printed.map((piece, index) => piece.repeat(times[index] ?? 0)).join("")}${almost}`);
    },
  );
});
