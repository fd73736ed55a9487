import { Injectable } from '@nestjs/common';
import { Resolver } from 'node:dns/promises';

/** Asks the DNS for TXT records; the one thing here that speaks to the Internet. */
export abstract class TxtResolver {
  /** The texts of a name, each with its strings joined; none when the name or the type is not there. */
  abstract texts(name: string): Promise<readonly string[]>;
}

const TIMEOUT_MS = 2_000;
/** A name that is not there, or has no TXT record: an answer, not a failure. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

/** The resolver of this machine. */
@Injectable()
export class SystemTxtResolver extends TxtResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });

  async texts(name: string): Promise<readonly string[]> {
    try {
      return (await this.resolver.resolveTxt(name)).map((strings) => strings.join(''));
    } catch (error) {
      if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  }
}
