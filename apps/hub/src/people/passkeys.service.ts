// WebAuthn Level 3, the relying party's part (sections 7.1 and 7.2), by @simplewebauthn/server. A passkey is the only factor,
// so it has to verify its person; which device it is, nobody needs to know (attestation none).
import { Injectable } from '@nestjs/common';
import {
  InvitationRepository,
  PasskeyRepository,
  PersonActionRepository,
  type Language,
  type StoredInvitation,
} from '@sekisho/persistence';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { isIP } from 'node:net';
import { formatSessionCookie } from '../access/session-cookie.js';
import { Platform } from '../platform/platform.js';
import { SignInRefused } from './errors.js';
import { SignIn, type StartedSession } from './sign-in.service.js';

const TIMEOUT_MS = 5 * 60_000;

export interface InvitationAnswer {
  readonly code: string;
  readonly response: RegistrationResponseJSON;
  readonly language: Language;
}

@Injectable()
export class Passkeys {
  constructor(
    private readonly platform: Platform,
    private readonly passkeys: PasskeyRepository,
    private readonly invitations: InvitationRepository,
    private readonly actions: PersonActionRepository,
    private readonly signIn: SignIn,
  ) {}

  /** Names no passkey: who signs in is what the answer tells, and nobody can ask who is known here. */
  async signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const options = await generateAuthenticationOptions({
      rpID: this.rpId(),
      userVerification: 'required',
      timeout: TIMEOUT_MS,
    });
    await this.passkeys.putChallenge(options.challenge, { kind: 'sign-in' }, this.platform.now());
    return options;
  }

  /** @throws {SignInRefused} sign-in-refused, member-not-active */
  async verifySignIn(
    response: AuthenticationResponseJSON,
    formerSecret: string | undefined,
  ): Promise<StartedSession> {
    const now = this.platform.now();
    const passkey = await this.passkeys.find(Buffer.from(response.id, 'base64url'));
    if (!passkey) throw refusedSignIn();
    const { id: personId, memberId, role } = passkey.person;
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: (challenge) => this.passkeys.takeForSignIn(challenge, now),
        expectedOrigin: this.platform.origin,
        expectedRPID: this.rpId(),
        requireUserVerification: true,
        credential: { id: response.id, publicKey: passkey.publicKey, counter: passkey.counter },
      });
      if (!verified) throw new Error('the signature is not of this passkey');
      if (!(await this.passkeys.used(passkey.credentialId, authenticationInfo.newCounter, now))) {
        throw new Error('the counter did not go forward');
      }
    } catch (error) {
      const action = { personId, memberId, role, operation: 'session:start', action: 'signIn' } as const;
      await this.actions.note(action, now, 'sign-in-refused');
      throw refusedSignIn(error);
    }
    return this.signIn.start(passkey.person, formerSecret);
  }

  /** @throws {SignInRefused} invitation-invalid, member-not-active, passkeys-unavailable */
  async invitationOptions(code: string, name: string): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { personId } = await this.openInvitation(code);
    const options = await generateRegistrationOptions({
      rpName: 'Sekisho 関所',
      rpID: this.rpId(),
      userID: Uint8Array.from(Buffer.from(personId.replaceAll('-', ''), 'hex')),
      userName: name,
      userDisplayName: name,
      timeout: TIMEOUT_MS,
      attestationType: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const purpose = { kind: 'invitation', code, name } as const;
    if (!(await this.passkeys.putChallenge(options.challenge, purpose, this.platform.now())))
      throw refusedInvitation();
    return options;
  }

  /** Makes the person and signs it in. @throws {SignInRefused} invitation-invalid, sign-in-refused, member-not-active */
  async accept(
    { code, response, language }: InvitationAnswer,
    formerSecret: string | undefined,
  ): Promise<StartedSession> {
    const now = this.platform.now();
    await this.openInvitation(code);
    const taken: { name?: string | undefined } = {};
    const credential = await verifyRegistrationResponse({
      response,
      expectedChallenge: async (challenge) => {
        taken.name = await this.passkeys.takeForInvitation(challenge, code, now);
        return taken.name !== undefined;
      },
      expectedOrigin: this.platform.origin,
      expectedRPID: this.rpId(),
      requireUserVerification: true,
    }).then(
      ({ registrationInfo }) => registrationInfo?.credential,
      (error: unknown) => {
        throw refusedSignIn(error);
      },
    );
    if (!credential || taken.name === undefined) throw refusedSignIn();
    const secret = this.signIn.newSecret();
    const passkey = {
      ...{ credentialId: Buffer.from(credential.id, 'base64url'), publicKey: credential.publicKey },
      ...{ counter: credential.counter, transports: credential.transports ?? [] },
    };
    const person = await this.invitations.accept(
      code,
      { name: taken.name, language, passkey, secret, formerSecret },
      now,
    );
    if (!person) throw refusedInvitation();
    return { secret, cookie: formatSessionCookie(secret, this.platform.config.publicUrl) };
  }

  private async openInvitation(code: string): Promise<StoredInvitation> {
    const invitation = await this.invitations.find(code, this.platform.now());
    if (!invitation) throw refusedInvitation();
    this.signIn.requireActive(invitation.memberId);
    return invitation;
  }

  /** Passkeys are bound to a name (section 5.1.2): an address has none. */
  private rpId(): string {
    const { hostname } = new URL(this.platform.config.publicUrl);
    if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0) return hostname;
    throw new SignInRefused(
      'passkeys-unavailable',
      'passkeys need a name: set SEKISHO_PUBLIC_URL, for example https://sekisho.example or http://localhost:8080',
    );
  }
}

/** Always the same words: they do not tell what was wrong, or whether there is such a passkey. */
const refusedSignIn = (cause?: unknown) =>
  new SignInRefused('sign-in-refused', 'this passkey does not sign in here; try again', { cause });

const refusedInvitation = () =>
  new SignInRefused('invitation-invalid', 'the invitation is unknown, used or expired; ask for a new one');
