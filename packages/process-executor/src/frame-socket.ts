/**
 * Reading messages, which come in frames, from a socket.
 *
 * From a descriptor, reads go into one buffer that all sockets share. Node's streams take a fresh one for each 64 KiB,
 * and a megabyte takes twice as long.
 */
import { type ConnectOpts, Socket, type SocketConstructorOpts } from "node:net";
import { FrameReader } from "./frames.js";
import { type MessageHandlers, MessageReader, type PayloadSource } from "./messages.js";

/** What the system holds of a socket's data at most, unless told otherwise. */
const READ_BYTES = 256 * 1024;
let buffer: Buffer | undefined; // used between a read and its callback only, which is one step

/**
 * Starts reading, from the next turn of the event loop on.
 * @param source a descriptor, which the returned socket closes at its end; or a socket, which is returned
 * @param file where messages lie that are only spoken of
 */
export function readMessages(source: number | Socket, handlers: MessageHandlers, file?: PayloadSource): Socket {
  const reader = new FrameReader(new MessageReader(handlers, file));
  if (typeof source !== "number") return source.on("data", (chunk: Buffer) => reader.push(chunk));
  if (process.versions["bun"] !== undefined) return readMessages(openInBun(source), handlers, file);
  buffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
  const shared = buffer;
  const callback = (length: number): boolean => {
    reader.push(shared.subarray(0, length));
    return true; // go on reading
  };
  const options: SocketConstructorOpts & ConnectOpts = { fd: source, writable: false, onread: { buffer, callback } };
  const socket = new Socket(options);
  socket.on("error", () => {}); // "close" follows
  socket.resume();
  return socket;
}

/** Bun reads from a descriptor that a socket is connected to, not from one that it is made with. */
function openInBun(fd: number): Socket {
  const socket = new Socket().connect({ fd } as never); // in Node's types, only the constructor takes one
  return socket.on("error", () => {}); // "close" follows
}
