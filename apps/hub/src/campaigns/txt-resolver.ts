import { Injectable } from '@nestjs/common';
import { formatListen } from '@sekisho/config';
import { Resolver } from 'node:dns/promises';
import { Platform } from '../platform/platform.js';

/** Asks the DNS for TXT records; the one thing here that speaks to the Internet. */
export abstract class TxtResolver {
  /** The texts of a name, each with its strings joined; none when the name or the type is not there. */
  abstract texts(name: string): Promise<readonly string[]>;
}

const TIMEOUT_MS = 2_000;
/** A name that is not there, or has no TXT record: an answer, not a failure. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA']);

/** The servers that the configuration names, else those of this machine. */
@Injectable()
export class DnsTxtResolver extends TxtResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });

  constructor({ config }: Platform) {
    super();
    if (config.resolvers.length > 0) this.resolver.setServers(config.resolvers.map(formatListen));
  }

  async texts(name: string): Promise<readonly string[]> {
    try {
      return (await this.resolver.resolveTxt(name)).map((strings) => strings.join(''));
    } catch (error) {
      if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return [];
      throw error;
    }
  }
}
