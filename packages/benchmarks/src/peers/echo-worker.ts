/** The other end of a bare loop of large values: sends each back as it came. */
process.on("message", (message) => process.send?.(message));
