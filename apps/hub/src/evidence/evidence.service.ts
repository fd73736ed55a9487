import { Injectable } from '@nestjs/common';
import { MAX_WAITING_PER_REPORTER, SealedEvidenceRepository } from '@sekisho/persistence';
import type { RefusalCode } from '@sekisho/report';
import { readRecipientKid, SealedFault } from '@sekisho/sealed';
import type { Subject } from '@sekisho/subject';
import { MemberRegister } from '../members/member-register.service.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import type { OwnerKeyModel } from './evidence.model.js';

export type Delivery = { readonly owner: string } | { readonly code: RefusalCode; readonly message: string };

/** To whom sealed evidence goes. */
@Injectable()
export class EvidenceService {
  constructor(
    private readonly register: MemberRegister,
    private readonly owners: OwnerView,
    private readonly repository: SealedEvidenceRepository,
  ) {}

  /** The current encryption key of the active member that owns a subject. */
  keyFor(subject: Subject): OwnerKeyModel | undefined {
    const owner = this.owners.ownerOf(subject);
    const key = this.register
      .keys()
      .find(
        ({ memberId, use, validUntil }) => memberId === owner && use === 'enc' && validUntil === undefined,
      );
    if (!key) return undefined;
    const { kty, crv, x } = key.jwk;
    return { kid: key.kid, jwk: { kty: String(kty), crv: String(crv), x: String(x) } };
  }

  /**
   * The deliveries of one envelope. Evidence that could reach nobody is refused with its report: the reporter sealed it
   * to a key that it was given, so something changed meanwhile, and it should know. It can send the report without.
   */
  async deliveries(reporter: string): Promise<(subject: Subject, sealed: string) => Delivery> {
    const owners = this.register.all().map(({ id }) => id);
    const waiting = await this.repository.waitingOf(reporter, owners);
    return (subject, sealed) => {
      const owner = this.owners.ownerOf(subject);
      if (owner === undefined) {
        return {
          code: 'sealed-without-owner',
          message: 'no active member owns all of the subject; send the report without `sealed`',
        };
      }
      try {
        const kid = readRecipientKid(sealed);
        // A key that was replaced is good until its overlap ends: the owner keeps it to open what was under way.
        const isOwners = this.register
          .keys()
          .some((key) => key.memberId === owner && key.use === 'enc' && key.kid === kid);
        if (!isOwners) {
          return {
            code: 'sealed-not-for-owner',
            message: "sealed to a key that is not the owner's; ask for ownerKey again and seal it anew",
          };
        }
      } catch (error) {
        if (!(error instanceof SealedFault)) throw error;
        return { code: 'report-malformed', message: `sealed: ${error.message}` };
      }
      const count = (waiting.get(owner) ?? 0) + 1;
      if (count > MAX_WAITING_PER_REPORTER) {
        return {
          code: 'sealed-inbox-full',
          message: `${MAX_WAITING_PER_REPORTER} pieces of your evidence wait for this owner; send the report without \`sealed\``,
        };
      }
      waiting.set(owner, count);
      return { owner };
    };
  }
}
