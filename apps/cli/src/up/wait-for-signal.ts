/** Resolves on the first SIGINT, SIGTERM or SIGHUP, or when a parent that started this process over IPC is gone. */
export function waitForSignal(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      resolve();
    };
    // Kept, not once: a second Ctrl-C must not cut the orderly stop short.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, done);
    process.once('disconnect', done);
  });
}
