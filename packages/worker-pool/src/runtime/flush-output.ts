/** Calls `done` when everything that was written to stdout and stderr before has left this worker. */
export function flushOutput(done: () => void): void {
  whenWritten(process.stdout, () => whenWritten(process.stderr, done));
}

function whenWritten(stream: NodeJS.WriteStream, done: () => void): void {
  // An empty write would still find out that nobody reads any more, and fail.
  if (stream.writableLength === 0) done();
  else stream.write("", () => done());
}
