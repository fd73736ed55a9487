import { DEFAULT_RETRY, HubSession, type EnrolledMember } from '@sekisho/client';
import type { HubAccess } from '@sekisho/zone-follow';

/** Followers ask again by themselves, with their own pauses. */
const ONCE = { ...DEFAULT_RETRY, attempts: 1 };

/** A member's access tokens, from whenever its hub can be reached: the daemon starts without it too. */
export class MemberAccess implements HubAccess {
  readonly remedy =
    'the member in --dir must be active at the hub; `sekisho me` says what the hub thinks of it';
  private session: Promise<HubSession> | undefined;
  private lastToken: Promise<string> | undefined;

  constructor(
    /** Read again after every failure: its keys may have been rotated. */
    private readonly member: () => Promise<EnrolledMember>,
    private readonly open: typeof HubSession.open = (...given) => HubSession.open(...given),
  ) {}

  /** All that ask at the same time get the same one. @throws {HubChanged | HubUnreachable | HubRefused | HubAnswerInvalid} */
  token(): Promise<string> {
    if (this.lastToken) return this.lastToken;
    const token = this.ask();
    this.lastToken = token;
    const isOver = () => {
      if (this.lastToken === token) this.lastToken = undefined;
    };
    token.then(isOver, isOver);
    return token;
  }

  renew(refused: string): boolean {
    if (!this.session) return true;
    this.session = this.session.then((session) => {
      session.forgetAccessToken(refused);
      return session;
    });
    return true;
  }

  private async ask(): Promise<string> {
    this.session ??= this.member().then((member) => this.open(member, { retry: ONCE }));
    try {
      return await (await this.session).accessToken();
    } catch (error) {
      this.session = undefined;
      throw error;
    }
  }
}
