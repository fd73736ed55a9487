import { Injectable } from '@nestjs/common';
import { networkContains, parseIp, parseNetwork, type Subject } from '@sekisho/subject';
import { MemberRegister } from '../members/member-register.service.js';
import { Platform } from '../platform/platform.js';
import type { View } from './minimisation.js';

/** Who owns a subject, and what that lets a member see of it. */
@Injectable()
export class OwnerView {
  constructor(
    private readonly platform: Platform,
    private readonly register: MemberRegister,
  ) {}

  /** The active member in whose network an address or network lies wholly. Networks of members never overlap. */
  ownerOf(subject: Subject): string | undefined {
    if (subject.type !== 'ip' && subject.type !== 'network') return undefined;
    const range = subject.type === 'ip' ? parseIp(subject.value) : parseNetwork(subject.value);
    return this.register
      .all()
      .find(
        ({ id }) =>
          this.register.isActive(id) &&
          this.register.find(id)?.networks.some((network) => networkContains(network, range)),
      )?.id;
  }

  /** How a member sees a subject. */
  of(memberId: string | undefined, subject: Subject): View {
    const isOwner = memberId !== undefined && this.ownerOf(subject) === memberId;
    return { k: this.platform.config.privacyK, isOwner };
  }

  /** How everybody sees everything. */
  get anyone(): View {
    return { k: this.platform.config.privacyK, isOwner: false };
  }
}
