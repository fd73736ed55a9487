import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY_TEXT } from './default-policy.js';
import { parsePolicy } from './policy-file.js';
import { PolicyInvalid } from './yaml-text.js';

function faultsOf(text: string): string[] {
  try {
    parsePolicy(text);
  } catch (error) {
    if (!(error instanceof PolicyInvalid)) throw error;
    return error.faults.map(({ line, column, message }) => `${line}:${column} ${message.slice(0, 46)}`);
  }
  return [];
}

describe('parsePolicy', () => {
  it('reads every setting', () => {
    const policy = parsePolicy(`version: 1
mode: shadow
allow: [192.0.2.0/24, mail.example]
deny: ['2001:db8::/32']
deny-action: defer
shape-by: { ipv4: 32 }
deep-queue-transport: 'slow:[127.0.0.1]:10026'
header: X-Abuse
rules:
  - category: [zombie, phishing]
    score: 90..100
    confidence: 50..100
    list: high
    action: shaped
    rate: { messages: 20, per: 10m }
  - { category: unlisted, action: tag }
`);
    expect(policy).toMatchObject({
      isShadow: true,
      denyAction: 'defer',
      shapeBy: { ipv4: 32, ipv6: 64 },
      deepQueueTransport: 'slow:[127.0.0.1]:10026',
      header: 'X-Abuse',
    });
    expect(policy.rules).toEqual([
      {
        line: 10,
        categories: ['zombie', 'phishing'],
        score: { from: 90, to: 100 },
        confidence: { from: 50, to: 100 },
        isHighOnly: true,
        action: 'shaped',
        rate: { connections: undefined, messages: 20, recipients: undefined, perSeconds: 600 },
      },
      {
        line: 16,
        categories: 'unlisted',
        score: { from: 0, to: 100 },
        confidence: undefined,
        isHighOnly: false,
        action: 'tag',
        rate: undefined,
      },
    ]);
  });

  it('tells every fault with its line and column, in the order of the lines', () => {
    expect(
      faultsOf(`version: 1
mood: shadow
allow: [192.0.2.0/24, 300.1.2.3]
rules:
  - category: zombi
    score: 90..110
    action: tag
  - category: [any, zombie]
    action: tag
    rate: { messages: 1, per: 10m }
  - category: zombie
    action: shaped
`),
    ).toEqual([
      '2:1 mood: no such setting',
      '3:23 allow.1: not an IP address: "300.1.2.3". Examp',
      '5:15 rules.0.category: not a category or a list of ',
      '6:12 rules.0.score: not a band from 0 to 100: "90..',
      '8:15 rules.1.category: any and unlisted stand alone',
      '10:11 rules.1.rate: a rate goes with shaped, not wit',
      '12:13 rules.2.action: shaped needs a rate. Example: ',
    ]);
  });

  it('tells where YAML itself is broken', () => {
    expect(faultsOf('version: 1\nrules: [\n')).toEqual([expect.stringMatching(/^[23]:/)]);
    expect(faultsOf('version: 1\nversion: 1\nrules: []\n')).toEqual([expect.stringMatching(/^2:1 .*unique/)]);
  });

  it.each([
    ['', /the file/],
    ['version: 2\nrules: []', /1:10 version: this program reads version 1/],
    ['version: 1', /rules/],
    ['version: 1\nheader: "X: y"\nrules: []', /2:9 header/],
    ['version: 1\ndeep-queue-transport: "slow:x\\nDISCARD"\nrules: []', /2:23 deep-queue-transport/],
  ])('refuses %j', (text, wanted) => {
    expect(faultsOf(text).join()).toMatch(wanted);
  });

  it('does not unfold a text of nested aliases', () => {
    const lines = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join()}]`,
    );
    expect(faultsOf(lines.join('\n'))).toEqual([expect.stringMatching(/alias/i)]);
  });

  it('has a default that never rejects or defers, and delays only what is strongly bad', () => {
    const { rules, isShadow } = parsePolicy(DEFAULT_POLICY_TEXT);
    expect(isShadow).toBe(false);
    for (const { action, isHighOnly, score } of rules) {
      expect(['tag', 'shaped']).toContain(action);
      if (action === 'shaped')
        expect({ isHighOnly, from: score.from }).toEqual({ isHighOnly: true, from: 95 });
    }
  });
});
