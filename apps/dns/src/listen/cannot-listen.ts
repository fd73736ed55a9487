const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'a port below 1024 needs the right to bind it (CAP_NET_BIND_SERVICE)',
  EADDRNOTAVAIL: 'this machine has no such address',
};

/** What the system says of an address to listen on, in words for an operator. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
  readonly kind = 'Rejected';

  /** Turns the system's errors of listening into this one, and throws the others as they are. */
  static rethrow(where: string): (error: unknown) => never {
    return (error) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const reason = REASONS[code];
      throw reason === undefined
        ? error
        : new CannotListen(`cannot listen on ${where}: ${reason}`, { cause: error });
    };
  }
}
