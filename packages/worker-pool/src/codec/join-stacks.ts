/**
 * The stack of an error that came from a worker: the worker's frames, then those of the place that submitted the call,
 * as far as they are the program's own.
 *
 *   TypeError: no such word
 *       at count (file:///app/words.js:12:9)
 *       at --- submitted from ---
 *       at main (file:///app/main.js:7:22)
 */

/** Looks like a frame, so that tools that read stacks do not take it for part of the message. */
const SEPARATOR = "    at --- submitted from ---";
const FRAME = /^\s+at /;
/** Frames of this project's packages, wherever they are installed, and of Node. */
const INTERNAL = new RegExp(
  "[\\\\/](?:@concurrent-futures|packages)[\\\\/](?:core|worker-pool|thread-executor|process-executor|bullmq-executor|multiprocessing)[\\\\/](?:dist|src)[\\\\/]" +
    "|\\(?node:|native\\)$",
);

/**
 * @param workerStack  message and frames, as the worker had them
 * @param submitStack  the stack captured at submit, if it was; its first lines may be a message
 */
export function joinStacks(workerStack: string, submitStack: string | undefined): string {
  const { head, frames } = split(workerStack);
  const own = withoutInternal(frames);
  const lines = [...head, ...own];
  const submitted = submitStack === undefined ? [] : withoutInternal(split(submitStack).frames);
  return submitted.length === 0 ? lines.join("\n") : [...lines, SEPARATOR, ...submitted].join("\n");
}

function split(stack: string): { head: string[]; frames: string[] } {
  const lines = stack.split("\n");
  const first = lines.findIndex((line) => FRAME.test(line));
  return first === -1 ? { head: lines, frames: [] } : { head: lines.slice(0, first), frames: lines.slice(first) };
}

/** Without the frames of the machinery, but never without any: where all are internal, they are all that is known. */
function withoutInternal(frames: readonly string[]): readonly string[] {
  const own = frames.filter((frame) => !INTERNAL.test(frame));
  return own.length > 0 ? own : frames;
}
