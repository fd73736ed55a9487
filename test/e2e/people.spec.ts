// People: invitations, passkeys, sessions, and the attacks on them, against the running hub.
import { readConfig } from '@sekisho/config';
import { openOperatorDatabase, type OperatorDatabase } from '@sekisho/persistence';
import { createTestDatabase, execute, Federation, type TestDatabase } from '@sekisho/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { GraphqlSocket } from '../setup/graphql-socket.js';
import { PersonBrowser } from '../setup/person-browser.js';

let database: TestDatabase;
let federation: Federation;
let operator: OperatorDatabase;
let origin: string;
let officer: PersonBrowser;

const browser = (from = origin) => new PersonBrowser(federation.hubUrl, from);
const invite = (role: 'officer' | 'reviewer' | 'operator', memberId?: string) =>
  operator.people.invite({ memberId, name: 'Invited', role }, new Date());
/** The same browser on another machine: what a thief has. */
function copyOf(of: PersonBrowser): PersonBrowser {
  const copy = browser();
  copy.cookie = of.cookie;
  copy.csrf = of.csrf;
  return copy;
}

beforeAll(async () => {
  database = await createTestDatabase(inject('databaseUrl'), { template: inject('templateDatabase') });
  federation = await Federation.start(database.url, { processes: [] });
  // Passkeys need a name.
  origin = federation.hubUrl.replace('127.0.0.1', 'localhost');
  await federation.run('hub', { SEKISHO_PUBLIC_URL: origin, SEKISHO_DEMO: 'no' });
  operator = await openOperatorDatabase(readConfig(federation.env));
  await federation.member('isp-a');
  await federation.member('isp-b');
  officer = browser();
  const { code } = await invite('officer', 'isp-a');
  expect(await officer.accept(code)).toMatchObject({ status: 201 });
});

afterAll(async () => {
  await operator.close();
  await federation[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

describe('an invited person', () => {
  it('is signed in with the new passkey, with name, role and member', async () => {
    const { status, body, headers } = await officer.ask('GET', '/session');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      person: { name: 'Hanako 花子', role: 'officer', language: 'en' },
      member: { id: 'isp-a', name: 'ISP-A' },
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('signs out, and in again with the passkey alone', async () => {
    expect((await officer.ask('DELETE', '/session')).status).toBe(204);
    expect(await officer.ask('GET', '/session')).toMatchObject({
      status: 401,
      code: 'authentication-required',
    });
    const answer = await officer.signIn();
    expect(answer).toMatchObject({ status: 200, body: { person: { role: 'officer' } } });
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^sekisho_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/i,
    );
  });

  it('keeps the language that was chosen', async () => {
    expect((await officer.ask('PUT', '/session/preferences', { language: 'ja' })).status).toBe(204);
    expect((await officer.ask('GET', '/session')).body).toMatchObject({ person: { language: 'ja' } });
    expect((await officer.ask('PUT', '/session/preferences', { language: 'fr' })).status).toBe(400);
  });

  it('of the operator belongs to no member', async () => {
    const person = browser();
    expect(await person.accept((await invite('operator')).code)).toMatchObject({ status: 201 });
    expect((await person.ask('GET', '/session')).body).toMatchObject({ member: null });
    expect((await person.graphql('{ me { id } }')).code).toBe('access-denied');
    expect((await person.graphql('{ people { id } }')).code).toBeUndefined();
  });
});

describe('an officer', () => {
  const people = async () =>
    (await officer.graphql('{ people { id name role memberId } }')).data?.['people'] as { id: string }[];

  it('invites people of the own member, and removes them with all their sessions', async () => {
    const { data } = await officer.graphql(
      'mutation { invitePerson(name: "Taro 太郎", role: ABUSE_DESK) { personId code link } }',
    );
    const invited = data?.['invitePerson'] as { personId: string; code: string; link: string };
    expect(invited.link).toBe(`${origin}/console/invitation?code=${invited.code}`);
    const person = browser();
    expect((await person.accept(invited.code)).status).toBe(201);
    expect((await person.graphql('{ me { id } }')).data).toEqual({ me: { id: 'isp-a' } });
    expect(await people()).toContainEqual(
      expect.objectContaining({ id: invited.personId, role: 'ABUSE_DESK', memberId: 'isp-a' }),
    );
    await officer.graphql(`mutation { removePerson(id: "${invited.personId}") }`);
    expect((await person.ask('GET', '/session')).status).toBe(401);
    expect((await person.signIn()).code).toBe('sign-in-refused');
    expect(await people()).not.toContainEqual(expect.objectContaining({ id: invited.personId }));
  });

  it('takes an invitation back', async () => {
    const { data } = await officer.graphql(
      'mutation { invitePerson(name: "X", role: MAIL_OPERATOR) { personId code } }',
    );
    const { personId, code } = data?.['invitePerson'] as { personId: string; code: string };
    await officer.graphql(`mutation { removePerson(id: "${personId}") }`);
    expect((await browser().accept(code)).code).toBe('invitation-invalid');
  });

  it('makes no equals, and reaches no other member', async () => {
    const other = await invite('reviewer', 'isp-b');
    for (const mutation of [
      'invitePerson(name: "X", role: OFFICER) { code }',
      'invitePerson(name: "X", role: REVIEWER) { code }',
      'invitePerson(name: "X", role: OPERATOR) { code }',
      'invitePerson(name: "X", role: ABUSE_DESK, memberId: "isp-b") { code }',
    ]) {
      expect((await officer.graphql(`mutation { ${mutation} }`)).code, mutation).toBe('access-denied');
    }
    expect((await officer.graphql(`mutation { removePerson(id: "${other.personId}") }`)).code).toBe(
      'person-unknown',
    );
    expect((await people()).every((person) => 'memberId' in person && person.memberId === 'isp-a')).toBe(
      true,
    );
  });
});

describe('a sign-in', () => {
  it('whose challenge was used before is refused', async () => {
    const options = await officer.signInOptions();
    const response = officer.authenticator.get(options, { origin });
    expect((await officer.ask('POST', '/session', { response })).status).toBe(200);
    // The very same, and a fresh signature over the same challenge.
    expect((await officer.ask('POST', '/session', { response })).code).toBe('sign-in-refused');
    const again = officer.authenticator.get(options, { origin });
    expect((await officer.ask('POST', '/session', { response: again })).code).toBe('sign-in-refused');
  });

  it.each([
    ['over a challenge of its own', { challenge: 'A'.repeat(43) }],
    ['made on a page of another site', { origin: 'https://evil.example' }],
    ['made for another name', { rpId: 'evil.example' }],
    ['by a device that did not make sure of its person', { isVerified: false }],
    ['that is the making of a passkey', { type: 'webauthn.create' }],
  ])('%s is refused', async (_case, change) => {
    expect(await officer.signIn(change)).toMatchObject({ status: 401, code: 'sign-in-refused' });
  });

  it('whose counter went back is refused: the passkey was copied', async () => {
    officer.authenticator.counter = 1;
    expect((await officer.signIn()).code).toBe('sign-in-refused');
    officer.authenticator.counter = 1_000;
    expect((await officer.signIn()).status).toBe(200);
  });

  it('with the challenge of an invitation is refused', async () => {
    const { code } = await invite('reviewer', 'isp-a');
    const options = (await browser().ask('POST', '/invitations/options', { code, name: 'X' })).body as {
      challenge: string;
    };
    expect((await officer.signIn({ challenge: options.challenge })).code).toBe('sign-in-refused');
  });

  it('of a passkey that nobody has is refused in the same words', async () => {
    const unknown = await browser().signIn();
    const forged = await officer.signIn({ challenge: 'A'.repeat(43) });
    expect(unknown).toMatchObject({ status: forged.status, body: forged.body });
  });

  it.each([undefined, 'https://evil.example', 'null'])('from a page of %s is refused', async (from) => {
    const response = officer.authenticator.get(await officer.signInOptions(), { origin });
    const answer = await fetch(`${federation.hubUrl}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(from !== undefined && { origin: from }) },
      body: JSON.stringify({ response }),
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('takes no session from the browser: what was planted there stands for nobody afterwards', async () => {
    const victim = copyOf(officer);
    const planted = officer.cookie;
    Object.assign(victim, { authenticator: officer.authenticator });
    expect((await victim.signIn()).status).toBe(200);
    expect(victim.cookie).not.toBe(planted);
    expect((await officer.ask('GET', '/session')).status).toBe(401);
    officer.cookie = `sekisho_session=${'A'.repeat(43)}`;
    expect((await officer.signIn()).status).toBe(200);
    expect(officer.cookie).not.toBe(`sekisho_session=${'A'.repeat(43)}`);
  });
});

describe('a session', () => {
  it('that was signed out stands for nobody, also on a socket that is open', async () => {
    const thief = copyOf(officer);
    expect((await thief.ask('GET', '/session')).status).toBe(200);
    using socket = await GraphqlSocket.open(federation.hubUrl, thief.headers());
    await expect.poll(() => socket.isAcknowledged).toBe(true);
    await officer.ask('DELETE', '/session');
    expect((await thief.ask('GET', '/session')).status).toBe(401);
    expect((await thief.graphql('{ me { id } }')).code).toBe('authentication-required');
    socket.subscribe('1', 'subscription { listingChanged { subject } }');
    await expect
      .poll(() => socket.of('1'))
      .toMatchObject([{ type: 'error', payload: [{ extensions: { code: 'authentication-required' } }] }]);
    await officer.signIn();
  });

  it('and all others of the person end with sign-out everywhere', async () => {
    const here = copyOf(officer);
    Object.assign(officer, { cookie: undefined });
    await officer.signIn();
    expect((await here.ask('GET', '/session')).status).toBe(200);
    expect((await officer.ask('DELETE', '/session/all')).status).toBe(204);
    expect((await here.ask('GET', '/session')).status).toBe(401);
    await officer.signIn();
  });

  it.each([
    ['left alone for an hour', "seen_at = seen_at - interval '61 minutes'"],
    ['of 12 hours', "ends_at = now() - interval '1 second'"],
  ])('%s has ended', async (_case, change) => {
    expect((await officer.ask('GET', '/session')).status).toBe(200);
    await execute(database.url, `UPDATE person_session SET ${change}`);
    expect((await officer.ask('GET', '/session')).status).toBe(401);
    expect((await officer.graphql('mutation { rotateDnsKey }')).code).toBe('authentication-required');
    await officer.signIn();
  });

  it('changes nothing for a page of another site, nor without the token', async () => {
    const post = (headers: Record<string, string>) =>
      fetch(`${federation.hubUrl}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: officer.cookie ?? '', ...headers },
        body: '{"query":"mutation { rotateDnsKey }"}',
      }).then(async (answer) => {
        const { errors } = (await answer.json()) as { errors?: { extensions: { code: string } }[] };
        return errors?.[0]?.extensions.code;
      });
    const token = officer.csrf ?? '';
    expect(await post({ origin: 'https://evil.example', 'x-sekisho-csrf': token })).toBe('csrf-refused');
    expect(await post({ 'x-sekisho-csrf': token })).toBe('csrf-refused');
    expect(await post({ origin })).toBe('csrf-refused');
    expect(await post({ origin, 'x-sekisho-csrf': `${token.slice(0, -1)}_` })).toBe('csrf-refused');
    expect(await post({ origin, 'x-sekisho-csrf': token })).toBeUndefined();
    expect((await browserAt('https://evil.example').ask('DELETE', '/session')).code).toBe('csrf-refused');
    expect((await officer.ask('GET', '/graphql?query=mutation%7BrotateDnsKey%7D')).status).not.toBe(200);
  });

  it('opens no socket for a page of another site', async () => {
    const headers = { cookie: officer.cookie ?? '', origin: 'https://evil.example' };
    await expect(GraphqlSocket.open(federation.hubUrl, headers)).rejects.toThrow();
    await expect(GraphqlSocket.open(federation.hubUrl, { cookie: headers.cookie })).rejects.toThrow();
  });

  it('stands for nobody while the member is suspended, and no passkey of it signs in', async () => {
    await operator.members.suspend('isp-a');
    await expect.poll(async () => (await officer.ask('GET', '/session')).status).toBe(401);
    expect((await officer.signIn()).code).toBe('member-not-active');
    expect((await browser().accept((await invite('reviewer', 'isp-a')).code)).code).toBe('member-not-active');
    await operator.members.resume('isp-a');
    await expect.poll(async () => (await officer.ask('GET', '/session')).status).toBe(200);
  });

  const browserAt = (from: string) =>
    Object.assign(browser(from), { cookie: officer.cookie, csrf: officer.csrf });
});

it('there is no sign-in by a link on a hub that is no demo, whatever is in its database', async () => {
  const person = { memberId: 'isp-a', name: 'Demo', role: 'reviewer', language: 'en' } as const;
  const { code } = await operator.people.addForDemo(person, new Date());
  const visitor = browser();
  expect(await visitor.ask('GET', `/demo/sign-in?code=${code}`)).toMatchObject({ status: 404 });
  expect(visitor.cookie).toBeUndefined();
});

describe('an invitation', () => {
  it('makes one person, also of two who use it at once', async () => {
    const { code } = await invite('reviewer', 'isp-b');
    const [one, two] = [browser(), browser()];
    const answers = await Promise.all([one.accept(code), two.accept(code)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
    expect((await browser().accept(code)).code).toBe('invitation-invalid');
  });

  it('is not spent by a passkey made on another site, and is over after its time', async () => {
    const { code } = await invite('reviewer', 'isp-b');
    expect((await browser().accept(code, { origin: 'https://evil.example' })).code).toBe('sign-in-refused');
    expect((await browser().accept(code, { rpId: 'evil.example' })).code).toBe('sign-in-refused');
    await execute(database.url, "UPDATE person_invitation SET expires_at = now() - interval '1 second'");
    expect((await browser().accept(code)).code).toBe('invitation-invalid');
  });
});

describe('the record', () => {
  it('says who did what when and what became of it, and nothing of what it was about', async () => {
    const { person } = (await officer.ask('GET', '/session')).body as { person: { id: string } };
    const actions = await operator.people.actions(1_000, person.id);
    const noted = actions.map(({ operation, action, outcome }) => `${operation} ${action}: ${outcome ?? ''}`);
    for (const line of [
      'person:invite invitePerson: done',
      'invitation:accept acceptInvitation: done',
      'session:start signIn: done',
      'session:start signIn: sign-in-refused',
      'session:own end: done',
      'session:own endAll: done',
      'session:own prefer: done',
      'session:own prefer: request-malformed',
      'person:invite invitePerson: access-denied',
      'person:remove removePerson: done',
      'person:remove removePerson: person-unknown',
      'dns-key:rotate rotateDnsKey: done',
    ]) {
      expect(noted).toContain(line);
    }
    expect(JSON.stringify(actions)).not.toMatch(/Hanako|Taro/);
    // A forged request is nobody's action.
    expect(noted.filter((line) => line.startsWith('dns-key:rotate'))).toHaveLength(1);
  });
});

describe('guessing', () => {
  it('an invitation ends with 429 long before a thousandth of a chance', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 25; i += 1) {
      statuses.push(
        (await browser().ask('POST', '/invitations/options', { code: `AAAAA-AAAAA-${i}`, name: 'X' })).status,
      );
    }
    expect(statuses.at(-1)).toBe(429);
    expect(new Set(statuses)).toEqual(new Set(statuses.includes(401) ? [401, 429] : [429]));
  });
});
