// What a browser does for the person before it: keeps the cookie, says where its page is from, sends the token back.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { SoftwareAuthenticator, type Circumstances } from './authenticator.js';
import type { Method } from './hub-requests.js';

export interface BrowserAnswer {
  readonly status: number;
  /** Of the problem details. */
  readonly code: string | undefined;
  readonly body: unknown;
  readonly headers: Headers;
}

export class PersonBrowser {
  cookie: string | undefined;
  csrf: string | undefined;
  readonly authenticator = new SoftwareAuthenticator();

  constructor(
    readonly hubUrl: string,
    /** Of the page that is open. */
    readonly origin: string,
  ) {}

  async ask(
    method: Method,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<BrowserAnswer> {
    const answer = await fetch(`${this.hubUrl}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...this.headers(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) this.cookie = line.split(';')[0];
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    const content: unknown = isJson && text !== '' ? JSON.parse(text) : text;
    const { csrf, code } = content as { csrf?: string; code?: string };
    this.csrf = csrf ?? this.csrf;
    return { status: answer.status, code, body: content, headers: answer.headers };
  }

  /** What every request of the page carries. */
  headers(): Record<string, string> {
    return {
      origin: this.origin,
      ...(this.cookie !== undefined && { cookie: this.cookie }),
      ...(this.csrf !== undefined && { 'x-sekisho-csrf': this.csrf }),
    };
  }

  async graphql(query: string): Promise<{ data: Record<string, unknown> | null; code: string | undefined }> {
    const { body, code } = await this.ask('POST', '/graphql', { query });
    const { data = null, errors } = body as {
      data?: Record<string, unknown> | null;
      errors?: { extensions: { code: string } }[];
    };
    return { data, code: errors?.[0]?.extensions.code ?? code };
  }

  async accept(code: string, change: Partial<Circumstances> = {}): Promise<BrowserAnswer> {
    const options = await this.ask('POST', '/invitations/options', { code, name: 'Hanako 花子' });
    if (options.status !== 200) return options;
    const response = this.authenticator.create(options.body as PublicKeyCredentialCreationOptionsJSON, {
      origin: this.origin,
      ...change,
    });
    return this.ask('POST', '/invitations', { code, response });
  }

  async signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return (await this.ask('POST', '/session/options', {})).body as PublicKeyCredentialRequestOptionsJSON;
  }

  async signIn(change: Partial<Circumstances> = {}): Promise<BrowserAnswer> {
    const response = this.authenticator.get(await this.signInOptions(), { origin: this.origin, ...change });
    return this.ask('POST', '/session', { response });
  }
}
