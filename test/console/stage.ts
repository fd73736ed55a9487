// A hub that people reach in a browser, and people who are signed in to it.
import type { PersonRole } from '@sekisho/access';
import { WorkingGroup } from '@sekisho/client';
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import { createTestDatabase, Federation, type FederationMember, type TestDatabase } from '@sekisho/testing';
import type { BrowserContext, Page } from 'playwright-core';
import { inject } from 'vitest';

/** Tries to run wherever a text is shown. */
export const INJECTION = `"><img src=x onerror="document.title='INJECTED'"><script>document.title='INJECTED'</script>`;

interface SignedIn {
  readonly role?: PersonRole;
  readonly language?: 'en' | 'ja';
  readonly member?: string;
}

export class Stage implements AsyncDisposable {
  protected constructor(
    readonly database: TestDatabase,
    readonly federation: Federation,
    /** Where people reach the hub. */
    readonly origin: string,
  ) {}

  static async empty(): Promise<Stage> {
    const database = await createTestDatabase(inject('databaseUrl'), {
      template: inject('templateDatabase'),
    });
    const federation = await Federation.start(database.url, { processes: ['worker'] });
    // Passkeys belong to a name, not to an address (WebAuthn section 5.1.2).
    const origin = federation.hubUrl.replace('127.0.0.1', 'localhost');
    await federation.run('hub', {
      SEKISHO_PUBLIC_URL: origin,
      // The tests stand for the proxy in front of the hub, and say from where a request came.
      SEKISHO_TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
    });
    return new Stage(database, federation, origin);
  }

  /** A new person of a member (operators belong to nobody), signed in to the browser. */
  async signIn(
    context: BrowserContext,
    { role = 'reviewer', language = 'en', member = 'isp-owner' }: SignedIn = {},
  ): Promise<{ personId: string; code: string }> {
    const operator = await openOperatorDatabase(readConfig(this.federation.env));
    const memberId = role === 'operator' ? undefined : member;
    const person = await operator.people.addForDemo(
      { memberId, name: `Hanako 花子 ${INJECTION}`, role, language },
      new Date(),
    );
    await operator.close();
    await context.request.get(this.url(`/demo/sign-in?code=${person.code}`));
    return person;
  }

  /** A member's part in the working group, with the code of conduct accepted. */
  async group(member: FederationMember): Promise<WorkingGroup> {
    const group = new WorkingGroup(await member.session());
    await group.acceptConduct((await group.conduct()).version);
    return group;
  }

  url(path: string): string {
    return new URL(path, this.origin).href;
  }

  /** Opens a page of the console by its address. */
  async visit(page: Page, path: string): Promise<void> {
    await page.goto(this.url(`/console${path}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.federation[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}
