// What anybody can do about a listing: appeal, prove that it is theirs, follow what becomes of it.
import { Injectable } from '@nestjs/common';
import {
  AppealRefused,
  AppealRepository,
  ReputationRepository,
  type AppealLanguage,
  type Confirmation,
  type StoredAppeal,
} from '@sekisho/persistence';
import { formatSubject, readSubject, type Subject } from '@sekisho/subject';
import { z } from 'zod';
import { TxtResolver } from '../campaigns/txt-resolver.js';
import { Platform } from '../platform/platform.js';
import { OwnerView } from '../privacy/owner-view.service.js';
import { RequestRefused } from '../problems/errors.js';
import { AppealKeys } from './appeal-keys.js';
import { AppealMail } from './appeal-mail.js';
import { FilingLimit } from './filing-limit.js';
import { ProofOfWork } from './proof-of-work.js';
import { speaksFor } from './speaks-for.js';

export interface AppealForm {
  readonly subject: string;
  readonly words: string;
  /** To be told of the decision; optional. */
  readonly mail?: string | undefined;
  readonly language: AppealLanguage;
  /** Names one filling of the form: the same again is the same appeal. */
  readonly form?: string | undefined;
  readonly proof?: string | undefined;
}

export const MAX_WORDS = 2_000;
/** No control characters but line ends and tabs: reviewers read it in terminals too. */
const CONTROLS =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const mailAddress = z.email().max(254);
const DNS_PAUSE_MS = 5_000;
const MAIL_PAUSE_MS = 15 * 60_000;

@Injectable()
export class AppealsService {
  private readonly limit = new FilingLimit();
  private readonly dnsAskedAt = new Map<string, number>();

  constructor(
    private readonly platform: Platform,
    private readonly appeals: AppealRepository,
    private readonly reputations: ReputationRepository,
    private readonly owners: OwnerView,
    private readonly keys: AppealKeys,
    private readonly puzzles: ProofOfWork,
    private readonly mail: AppealMail,
    private readonly resolver: TxtResolver,
  ) {}

  /**
   * Files an appeal against a listing; nothing is done before it is confirmed.
   * @throws {AppealRefused | RequestRefused | SubjectInvalid}
   */
  async file(form: AppealForm, address: string): Promise<{ appeal: StoredAppeal; secret: string }> {
    const subject = readSubject(form.subject);
    const words = form.words.replaceAll('\r\n', '\n').replace(CONTROLS, '').trim();
    if (words === '' || words.length > MAX_WORDS) {
      throw new AppealRefused(
        'appeal-malformed',
        `the explanation takes 1 to ${String(MAX_WORDS)} characters`,
      );
    }
    const mail = form.mail?.trim() === '' ? undefined : form.mail?.trim();
    if (mail !== undefined && !mailAddress.safeParse(mail).success) {
      throw new AppealRefused(
        'appeal-malformed',
        'this is not a mail address. Example: postmaster@example.com',
      );
    }
    const repeated =
      form.form === undefined ? undefined : await this.appeals.bySecret(this.keys.secretOf(form.form));
    if (repeated && form.form !== undefined)
      return { appeal: repeated, secret: this.keys.secretOf(form.form) };
    const proof = await this.provenBy(form, subject, address);
    const secret = this.keys.secretOf(form.form ?? proof ?? this.platform.newId());
    const listing = await this.listingOf(subject);
    const wait = this.limit.take(address, this.platform.now().getTime());
    if (wait !== undefined)
      throw new RequestRefused('too-many-requests', 'too many appeals from this address', wait);
    const appeal = await this.appeals.file(
      {
        ...{ subject: listing.subject, category: listing.category, owner: this.owners.ownerOf(subject) },
        ...{ language: form.language, words, mail, secret, proof },
      },
      this.platform.now(),
    );
    return { appeal, secret };
  }

  /** @throws {AppealRefused} appeal-unknown */
  async find(secret: string): Promise<StoredAppeal> {
    const appeal = secret.length <= 64 ? await this.appeals.bySecret(secret) : undefined;
    if (appeal) return appeal;
    throw new AppealRefused('appeal-unknown', 'there is no such appeal, or it is forgotten');
  }

  /** How the appeal can be confirmed from here. */
  async waysOf(appeal: StoredAppeal, secret: string, address: string) {
    const { subject, owner } = appeal;
    const isDomain = subject.type === 'domain';
    return {
      isFromItself: speaksFor(address, subject),
      hasAddress: subject.type === 'ip' || subject.type === 'network',
      hasMail:
        owner !== undefined && this.mail.isPossible && (await this.appeals.abuseMail(owner)) !== undefined,
      record: isDomain ? this.recordOf(subject, secret) : undefined,
    };
  }

  /** @throws {AppealRefused} appeal-not-confirmed */
  async confirmByAddress(secret: string, address: string): Promise<StoredAppeal> {
    const appeal = await this.find(secret);
    if (!speaksFor(address, appeal.subject)) {
      throw new AppealRefused(
        'appeal-not-confirmed',
        `this request came from ${address}, which is not ${formatSubject(appeal.subject)}`,
      );
    }
    return this.confirm(appeal, 'address');
  }

  /** @throws {AppealRefused | RequestRefused} appeal-not-confirmed, too-many-requests, hub-busy */
  async confirmByDns(secret: string): Promise<StoredAppeal> {
    const appeal = await this.find(secret);
    if (appeal.subject.type !== 'domain')
      throw new AppealRefused('appeal-not-confirmed', 'this is no domain');
    const now = this.platform.now().getTime();
    for (const [id, at] of this.dnsAskedAt) if (now - at >= DNS_PAUSE_MS) this.dnsAskedAt.delete(id);
    if (this.dnsAskedAt.has(appeal.id)) {
      throw new RequestRefused('too-many-requests', 'the DNS was asked a moment ago', DNS_PAUSE_MS / 1_000);
    }
    this.dnsAskedAt.set(appeal.id, now);
    const { name, text } = this.recordOf(appeal.subject, secret);
    const found = await this.resolver.texts(name).catch((error: unknown) => {
      this.platform.logger.info({ err: error }, 'a TXT record could not be asked for');
      throw new RequestRefused('hub-busy', 'the DNS gave no answer; try again later', 30);
    });
    if (found.some((one) => one.trim() === text)) return this.confirm(appeal, 'dns');
    throw new AppealRefused(
      'appeal-not-confirmed',
      `the record ${name} with this text is not in the DNS yet`,
    );
  }

  /** Has the abuse contact of the network's owner asked; one mail in a quarter of an hour. */
  async askByMail(secret: string): Promise<StoredAppeal> {
    const appeal = await this.find(secret);
    const to = appeal.owner === undefined ? undefined : await this.appeals.abuseMail(appeal.owner);
    if (to === undefined || !this.mail.isPossible) {
      throw new AppealRefused('appeal-not-confirmed', 'no abuse contact of this network is known');
    }
    const code = Buffer.from(this.platform.randomBytes(24)).toString('base64url');
    if (await this.appeals.beginMail(appeal.id, code, this.platform.now(), MAIL_PAUSE_MS)) {
      await this.mail.askContact(to, appeal, code);
    }
    return this.find(secret);
  }

  /** @throws {AppealRefused} appeal-unknown */
  async byMailCode(code: string): Promise<StoredAppeal> {
    const appeal = code.length <= 64 ? await this.appeals.byMailCode(code) : undefined;
    if (appeal) return appeal;
    throw new AppealRefused('appeal-unknown', 'this code was used, or is forgotten');
  }

  async confirmByMail(code: string): Promise<StoredAppeal> {
    return this.confirm(await this.byMailCode(code), 'mail');
  }

  async withdraw(secret: string): Promise<void> {
    await this.appeals.withdraw((await this.find(secret)).id);
  }

  private async confirm({ id }: StoredAppeal, by: Confirmation): Promise<StoredAppeal> {
    const confirmed = await this.appeals.confirm(id, by, this.platform.now());
    if (confirmed.outcome === 'released') await this.mail.tellOutcome(confirmed);
    return confirmed;
  }

  /** A puzzle, or the address itself: who sends from there needs no other proof of being one and not thousands. */
  private async provenBy(form: AppealForm, subject: Subject, address: string): Promise<string | undefined> {
    if (form.proof !== undefined && form.proof !== '') return this.puzzles.verify(form.proof);
    if (speaksFor(address, subject)) return undefined;
    throw new AppealRefused(
      'appeal-proof',
      'without a solved puzzle an appeal is taken only from the listed address itself; the form solves it with JavaScript, `sekisho appeal file` without',
    );
  }

  /** What is really listed: the address, or the network around it. @throws {AppealRefused} appeal-not-listed */
  private async listingOf(subject: Subject) {
    const text = formatSubject(subject);
    const found = (await this.reputations.find([subject])).get(text);
    if (found?.listed) {
      const listed = found.viaNetwork === undefined ? subject : readSubject(found.viaNetwork);
      const category = found.categories.find((one) => one.listed)?.category ?? 'spam-source';
      return { subject: listed, category };
    }
    if (await this.appeals.isPublished(text)) {
      return { subject, category: subject.type === 'domain' ? 'spam-domain' : 'spam-source' } as const;
    }
    throw new AppealRefused('appeal-not-listed', `${text} is not listed: there is nothing to appeal against`);
  }

  private recordOf({ value }: Subject, secret: string) {
    return { name: `_sekisho-appeal.${value}`, text: `sekisho-appeal=${this.keys.dnsCodeOf(secret)}` };
  }
}
