// People who sign in to a hub in demo mode, for tests about something else than signing in.
import type { PersonRole } from '@sekisho/access';
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase } from '@sekisho/persistence';
import type { Federation } from '@sekisho/testing';

export interface SignedIn {
  readonly personId: string;
  /** As a browser sends them: cookie, Origin, and the token against forged requests. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A new person, signed in. Operators belong to no member. */
export async function signIn(
  { env, hubUrl }: Pick<Federation, 'env' | 'hubUrl'>,
  role: PersonRole,
  memberId?: string,
): Promise<SignedIn> {
  const operator = await openOperatorDatabase(readConfig(env));
  const { code, personId } = await operator.people.addForDemo(
    { memberId, name: `Person ${role}`, role, language: 'en' },
    new Date(),
  );
  await operator.close();
  const link = await fetch(`${hubUrl}/demo/sign-in?code=${code}`, { redirect: 'manual' });
  const cookie = cookieOf(link);
  const session = await fetch(`${hubUrl}/session`, { headers: { cookie } });
  const { csrf } = (await session.json()) as { csrf: string };
  return { personId, headers: { cookie, origin: new URL(hubUrl).origin, 'x-sekisho-csrf': csrf } };
}

/** The cookie that an answer sets, as it is sent back. */
export function cookieOf(answer: Response): string {
  const [cookie] = answer.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`no cookie: ${answer.status}`);
  return cookie.split(';')[0] ?? '';
}
