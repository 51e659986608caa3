/**
 * The entry of poolifier's cluster workers. Node 20 drops messages that reach such a worker before its ES module has
 * been loaded, and poolifier's first one is sent at once: they are kept until the module listens.
 */
{
  const early: unknown[] = [];
  const keep = (message: unknown): void => {
    early.push(message);
  };
  process.on("message", keep);
  void import("./poolifier-cluster-worker.js").then(() => {
    process.off("message", keep);
    for (const message of early) process.emit("message", message, undefined);
  });
}
