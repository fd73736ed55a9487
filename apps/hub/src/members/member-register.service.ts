import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { MachineRole } from '@sekisho/access';
import type { FindSigningKey, SigningKey } from '@sekisho/auth';
import { MemberRepository, type Member, type MemberKey } from '@sekisho/persistence';
import { parseNetwork, type Network } from '@sekisho/subject';
import { importJWK, type CryptoKey } from 'jose';
import { Platform } from '../platform/platform.js';

interface RegisteredMember {
  readonly member: Member;
  readonly role: MachineRole;
  readonly networks: readonly Network[];
}

/** In case an announcement was lost: a suspension holds everywhere within this time at the latest. */
const REFRESH_MS = 10_000;

/** Members and their valid keys in memory, so that an envelope is checked without asking the database. */
@Injectable()
export class MemberRegister implements OnApplicationBootstrap, OnApplicationShutdown {
  private members = new Map<string, RegisteredMember>();
  private signingKeys = new Map<string, SigningKey & { readonly validUntil: Date | undefined }>();
  private publicKeys: readonly MemberKey[] = [];
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;
  private isClosed = false;
  private refreshing: Promise<void> = Promise.resolve();

  constructor(
    private readonly platform: Platform,
    private readonly repository: MemberRepository,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const again = () => {
      this.refresh().catch((error: unknown) => {
        if (this.isClosed) return;
        this.platform.logger.error({ err: error }, 'members could not be read again');
      });
    };
    this.unsubscribe = this.platform.notifications.on('sekisho_members', again);
    this.timer = setInterval(again, REFRESH_MS);
    await this.refresh();
  }

  onApplicationShutdown(): void {
    this.isClosed = true;
    clearInterval(this.timer);
    this.unsubscribe?.();
  }

  /** Reads everything again. A call during a refresh gets the next one, which sees what the caller just wrote. */
  refresh(): Promise<void> {
    this.refreshing = this.refreshing.then(
      () => this.read(),
      () => this.read(),
    );
    return this.refreshing;
  }

  /** The signing key of an active member, while it is valid. */
  readonly findSigningKey: FindSigningKey = (kid) => {
    const key = this.signingKeys.get(kid);
    if (!key || !this.isActive(key.memberId)) return undefined;
    return key.validUntil === undefined || key.validUntil > this.platform.now() ? key : undefined;
  };

  find(memberId: string): RegisteredMember | undefined {
    return this.members.get(memberId);
  }

  isActive(memberId: string): boolean {
    return this.members.get(memberId)?.member.status === 'active';
  }

  all(): Member[] {
    return Array.from(this.members.values(), ({ member }) => member);
  }

  /** Public keys of active members: members seal evidence to one another's encryption keys. */
  keys(): readonly MemberKey[] {
    return this.publicKeys.filter(({ memberId }) => this.isActive(memberId));
  }

  private async read(): Promise<void> {
    const [members, keys] = await Promise.all([
      this.repository.list(),
      this.repository.keys(this.platform.now()),
    ]);
    const signingKeys = await Promise.all(
      keys
        .filter(({ use }) => use === 'sig')
        .map(async ({ kid, memberId, jwk, validUntil }) => {
          const key = (await importJWK(jwk as { kty: string })) as CryptoKey;
          return [kid, { memberId, key, validUntil }] as const;
        }),
    );
    this.members = new Map(
      members.map((member) => [
        member.id,
        { member, role: member.role, networks: member.networks.map((network) => parseNetwork(network)) },
      ]),
    );
    this.signingKeys = new Map(signingKeys);
    this.publicKeys = keys;
  }
}
