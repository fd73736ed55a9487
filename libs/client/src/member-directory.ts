import { calculateJwkThumbprint } from 'jose';
import { link, mkdir, readdir, rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { MemberDirectoryFault } from './errors.js';
import {
  encryptionJwkSchema,
  generateMemberKeys,
  importPrivateKey,
  signingJwkSchema,
  type EncryptionJwk,
  type MemberKeys,
  type PrivateKey,
  type SigningJwk,
} from './member-keys.js';
import { createPrivateJson, readPrivateJson, replacePrivateJson, syncFolder } from './private-file.js';

export const memberSchema = z.object({
  id: z.string().min(1),
  name: z.string(),
  role: z.string(),
  networks: z.array(z.string()),
  asns: z.array(z.number()),
});

/** A member as the hub knows it. */
export type Member = z.output<typeof memberSchema>;

const enrolmentSchema = z.object({
  version: z.literal(1),
  /** The hub's id: the audience of everything that this member signs. */
  hub: z.string().min(1),
  /** Where the hub was reached. */
  hubUrl: z.string().min(1),
  member: memberSchema,
  signingKid: z.string(),
  encryptionKid: z.string(),
});
export type Enrolment = z.output<typeof enrolmentSchema>;

/** What signs and opens in a member's name. */
export interface EnrolledMember extends Member {
  readonly hub: string;
  readonly hubUrl: string;
  readonly signing: PrivateKey;
  readonly encryption: PrivateKey;
}

const FILES = {
  member: 'member.json',
  signing: 'signing.jwk',
  encryption: 'encryption.jwk',
  nextSigning: 'signing.next.jwk',
  nextEncryption: 'encryption.next.jwk',
} as const;

/** `encryption.KID.jwk`, with a thumbprint of SHA-256 in base64url. */
const SUPERSEDED = /^encryption\.[\w-]{43}\.jwk$/;

/**
 * A folder that holds one member's private keys and enrolment; mode 0700, each file 0600.
 * Whoever can read it can report in the member's name and open evidence sealed to it;
 * whoever can write it can send the member's reports to another hub.
 *
 * `member.json` is written last when enrolling and first when rotating: its key ids say which keys are in force.
 */
export class MemberDirectory {
  readonly path: string;
  constructor(path: string) {
    this.path = resolve(path);
  }

  /**
   * The keys to enrol with: those already here, or new ones that are on disk when this resolves.
   * @throws {MemberDirectoryFault} member-already-enrolled, and the faults of a file that is there
   */
  async prepareKeys(): Promise<MemberKeys> {
    if ((await this.readEnrolment()) !== undefined) {
      throw new MemberDirectoryFault(
        'member-already-enrolled',
        `${this.path} already holds an enrolled member`,
        'choose another directory with --dir, or `sekisho keys rotate` for new keys',
      );
    }
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    return this.keysIn(FILES.signing, FILES.encryption);
  }

  /** Enrolment is complete from here on. @throws {MemberDirectoryFault} member-already-enrolled */
  async completeEnrolment(enrolment: Enrolment): Promise<void> {
    if (!(await createPrivateJson(this.file('member'), enrolment))) {
      throw new MemberDirectoryFault(
        'member-already-enrolled',
        `${this.path} was enrolled by another process meanwhile`,
        'choose another directory with --dir',
      );
    }
  }

  /** The keys to rotate to: those of an interrupted rotation, or new ones that are on disk when this resolves. */
  async prepareNextKeys(): Promise<MemberKeys> {
    return this.keysIn(FILES.nextSigning, FILES.nextEncryption);
  }

  /** Puts the prepared keys in force. A crash in between is made good by the next `open`. */
  async switchToNextKeys(next: MemberKeys, draftId: string): Promise<void> {
    const enrolment = await this.requireEnrolment();
    await replacePrivateJson(
      this.file('member'),
      { ...enrolment, signingKid: next.signing.kid, encryptionKid: next.encryption.kid },
      draftId,
    );
    await this.finishSwitch(next);
  }

  /**
   * Reads the member with its keys.
   * @throws {MemberDirectoryFault} every code but member-already-enrolled
   */
  async open(): Promise<EnrolledMember> {
    const enrolment = await this.requireEnrolment();
    let signing = await this.readSigning(FILES.signing);
    let encryption = await this.readEncryption(FILES.encryption);
    if (signing?.kid !== enrolment.signingKid || encryption?.kid !== enrolment.encryptionKid) {
      const nextSigning = await this.readSigning(FILES.nextSigning);
      const nextEncryption = await this.readEncryption(FILES.nextEncryption);
      const isSwitching =
        (nextSigning ?? signing)?.kid === enrolment.signingKid &&
        (nextEncryption ?? encryption)?.kid === enrolment.encryptionKid;
      if (isSwitching) {
        await this.finishSwitch({ signing: nextSigning, encryption: nextEncryption });
        signing = nextSigning ?? signing;
        encryption = nextEncryption ?? encryption;
      }
    }
    if (signing?.kid !== enrolment.signingKid || encryption?.kid !== enrolment.encryptionKid) {
      throw new MemberDirectoryFault(
        'member-file-malformed',
        `the keys in ${this.path} are not those of its ${FILES.member}`,
        'restore the whole directory from one backup',
      );
    }
    return {
      ...enrolment.member,
      hub: enrolment.hub,
      hubUrl: enrolment.hubUrl,
      signing: await importPrivateKey(signing),
      encryption: await importPrivateKey(encryption),
    };
  }

  /** The encryption key in force and all that it replaced: evidence may have been sealed to any of them. */
  async openingKeys(): Promise<readonly PrivateKey[]> {
    const { encryption } = await this.open();
    const keys = [encryption];
    for (const file of (await readdir(this.path)).filter((name) => SUPERSEDED.test(name)).sort()) {
      const jwk = await this.readEncryption(file);
      if (jwk && jwk.kid !== encryption.kid) keys.push(await importPrivateKey(jwk));
    }
    return keys;
  }

  private async finishSwitch(next: {
    signing: SigningJwk | undefined;
    encryption: EncryptionJwk | undefined;
  }): Promise<void> {
    const old = await this.readEncryption(FILES.encryption);
    if (old && next.encryption && old.kid !== next.encryption.kid) {
      // Evidence sealed to the old key may still be on its way.
      await link(this.file('encryption'), join(this.path, `encryption.${old.kid}.jwk`)).catch(
        ignore('EEXIST'),
      );
    }
    if (next.encryption) {
      await rename(this.file('nextEncryption'), this.file('encryption')).catch(ignore('ENOENT'));
    }
    if (next.signing) await rename(this.file('nextSigning'), this.file('signing')).catch(ignore('ENOENT'));
    await syncFolder(this.path);
  }

  private async keysIn(signingFile: string, encryptionFile: string): Promise<MemberKeys> {
    const made = await generateMemberKeys();
    // Creating fails when the name is taken: two processes, or one repeated, end with the same keys.
    if ((await this.readSigning(signingFile)) === undefined) {
      await createPrivateJson(join(this.path, signingFile), made.signing);
    }
    if ((await this.readEncryption(encryptionFile)) === undefined) {
      await createPrivateJson(join(this.path, encryptionFile), made.encryption);
    }
    const signing = await this.readSigning(signingFile);
    const encryption = await this.readEncryption(encryptionFile);
    if (!signing || !encryption) {
      throw new MemberDirectoryFault(
        'member-file-unreadable',
        `the new keys in ${this.path} were taken away by another process`,
        'run the command again when nothing else works in this directory',
      );
    }
    return { signing, encryption };
  }

  private async readEnrolment(): Promise<Enrolment | undefined> {
    return readPrivateJson(this.file('member'), enrolmentSchema);
  }

  private async requireEnrolment(): Promise<Enrolment> {
    const enrolment = await this.readEnrolment();
    if (enrolment) return enrolment;
    const keys = await this.readSigning(FILES.signing);
    throw keys
      ? new MemberDirectoryFault(
          'member-not-enrolled',
          `${this.path} has keys, but its enrolment was not completed`,
          'run the same `sekisho enrol` again; the same code still works with these keys',
        )
      : new MemberDirectoryFault(
          'member-directory-missing',
          `no member in ${this.path}`,
          'name the directory with --dir, or enrol: sekisho enrol --hub URL --code CODE --dir DIR',
        );
  }

  private async readSigning(file: string): Promise<SigningJwk | undefined> {
    return checkThumbprint(
      join(this.path, file),
      await readPrivateJson(join(this.path, file), signingJwkSchema),
    );
  }

  private async readEncryption(file: string): Promise<EncryptionJwk | undefined> {
    return checkThumbprint(
      join(this.path, file),
      await readPrivateJson(join(this.path, file), encryptionJwkSchema),
    );
  }

  private file(name: keyof typeof FILES): string {
    return join(this.path, FILES[name]);
  }
}

async function checkThumbprint<T extends SigningJwk | EncryptionJwk>(
  path: string,
  jwk: T | undefined,
): Promise<T | undefined> {
  if (jwk === undefined || (await calculateJwkThumbprint(jwk)) === jwk.kid) return jwk;
  throw new MemberDirectoryFault(
    'member-file-malformed',
    `${path}: the key does not belong to its kid`,
    'restore it from a backup',
  );
}

const ignore = (code: string) => (error: unknown) => {
  if ((error as NodeJS.ErrnoException).code !== code) throw error;
};
