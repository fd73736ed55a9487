// The policy file: YAML 1.2, docs/policyd.md.
import { CATEGORIES_OF } from '@sekisho/report';
import { SubjectInvalid } from '@sekisho/subject';
import { z } from 'zod';
import { costPolicyOf, costSection } from './cost-section.js';
import { NetworkList } from './network-list.js';
import { RULE_ACTIONS, type Band, type Policy, type Rate, type Rule } from './policy.js';
import { accountOf } from './submission.js';
import { YamlText } from './yaml-text.js';

/** Those that zones tell; hit-and-run is published as spam-source. */
const CATEGORIES = CATEGORIES_OF.network.filter(
  (category) => category !== 'ham' && category !== 'hit-and-run',
);
// A year; longer periods than a day are hardly shaping any more.
const MAX_PERIOD_SECONDS = 31_536_000;

const band = z.string({ error: 'not a band. Example: 90..100' }).transform((text, context): Band => {
  const match = /^(\d{1,3})\.\.(\d{1,3})$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (from <= to && to <= 100) return { from, to };
  context.addIssue({ code: 'custom', message: `not a band from 0 to 100: ${quote(text)}. Example: 90..100` });
  return z.NEVER;
});

const period = z.string({ error: 'not a period. Example: 10m' }).transform((text, context) => {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text);
  const seconds = Number(match?.[1]) * ({ s: 1, m: 60, h: 3_600, d: 86_400 }[match?.[2] ?? ''] ?? 0);
  if (seconds > 0 && seconds <= MAX_PERIOD_SECONDS) return seconds;
  context.addIssue({ code: 'custom', message: `not a period: ${quote(text)}. Example: 30s, 10m, 1h or 1d` });
  return z.NEVER;
});

const limit = z
  .int({ error: 'not a whole number of 1 or more' })
  .min(1, 'not a whole number of 1 or more')
  .max(1_000_000_000)
  .optional();

const rate = z
  .strictObject({ connections: limit, messages: limit, recipients: limit, per: period })
  .refine(({ connections, messages, recipients }) => connections ?? messages ?? recipients, {
    error: 'limits nothing: give connections, messages or recipients',
  });

const names = [...CATEGORIES, 'any', 'unlisted'];
const category = z.enum(names, { error: `not a category: give one of ${names.join(', ')}` });

const rule = z
  .strictObject({
    category: z.union([category, z.array(category).min(1)], {
      error: `not a category or a list of them: give one or more of ${names.join(', ')}`,
    }),
    score: band.default({ from: 0, to: 100 }),
    confidence: band.optional(),
    list: z.enum(['any', 'high'], { error: 'not any or high' }).default('any'),
    action: z.enum(RULE_ACTIONS, { error: `not an action: give one of ${RULE_ACTIONS.join(', ')}` }),
    rate: rate.optional(),
  })
  .check((context) => {
    const { category: given, action, list, rate: given_rate } = context.value;
    const issue = (path: string, message: string) => {
      context.issues.push({ code: 'custom', path: [path], message, input: context.value });
    };
    if (action === 'shaped' && !given_rate)
      issue('action', 'shaped needs a rate. Example: rate: { messages: 20, per: 10m }');
    if (action !== 'shaped' && given_rate) issue('rate', `a rate goes with shaped, not with ${action}`);
    if (Array.isArray(given) && given.some((one) => one === 'any' || one === 'unlisted'))
      issue('category', 'any and unlisted stand alone, not in a list');
    if (list === 'high' && (given === 'unlisted' || given === 'dynamic-range'))
      issue('list', `high.ip has no ${given}`);
  });

const networkList = z.array(z.string({ error: 'not a text' })).transform((entries, context) => {
  for (const [i, entry] of entries.entries()) {
    try {
      new NetworkList([entry]);
    } catch (error) {
      if (!(error instanceof SubjectInvalid)) throw error;
      context.issues.push({ code: 'custom', path: [i], message: error.message, input: entry });
    }
  }
  return context.issues.length > 0 ? z.NEVER : new NetworkList(entries);
});

const campaign = z.strictObject({
  score: band.default({ from: 90, to: 100 }),
  action: z.enum(['defer', 'reject'], { error: 'not defer or reject' }).default('reject'),
});

const submission = z
  .strictObject({
    rate: rate.optional(),
    campaign: campaign.optional(),
    action: z.enum(['defer', 'reject'], { error: 'not defer or reject' }).default('defer'),
    exempt: z
      .array(z.string({ error: 'not a text' }).min(1).max(320))
      .max(100_000)
      .default([]),
  })
  .refine(({ rate: limits, campaign: known }) => limits ?? known, {
    error: 'asks for nothing: give rate or campaign',
  });

const prefix = (most: number) => z.int().min(8).max(most);

const file = z
  .strictObject({
    version: z.literal(1, { error: 'this program reads version 1' }),
    mode: z.enum(['enforce', 'shadow'], { error: 'not enforce or shadow' }).default('enforce'),
    allow: networkList.default(() => new NetworkList([])),
    deny: networkList.default(() => new NetworkList([])),
    'deny-action': z.enum(['reject', 'defer'], { error: 'not reject or defer' }).default('reject'),
    // By default a temporary refusal: nothing is lost if the members were wrong.
    'joint-listing': z
      .enum(['normal', 'deep-queue', 'tag', 'defer', 'reject'], {
        error: 'not normal, deep-queue, tag, defer or reject',
      })
      .default('defer'),
    'shape-by': z
      .strictObject({ ipv4: prefix(32).default(24), ipv6: prefix(128).default(64) })
      .default({ ipv4: 24, ipv6: 64 }),
    'deep-queue-transport': z
      .string()
      .regex(/^[\w-]{1,40}:[\w.:[\]-]{0,255}$/, 'not transport:nexthop. Example: sekisho-deep:')
      .default('sekisho-deep:'),
    header: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/, 'not a header name. Example: X-Sekisho')
      .default('X-Sekisho'),
    submission: submission.optional(),
    costs: costSection(CATEGORIES).optional(),
    rules: z.array(rule).max(1_000),
  })
  .check((context) => {
    const { costs, rules } = context.value;
    if (costs) return;
    for (const [i, { action }] of rules.entries()) {
      if (action !== 'cheapest') continue;
      const message = 'cheapest needs costs. Example: costs: { default: { abuse: 1, refused: 50 } }';
      context.issues.push({ code: 'custom', path: ['rules', i, 'action'], message, input: action });
    }
  });

/** Reads a policy. @throws {PolicyInvalid} with the line of every fault */
export function parsePolicy(text: string): Policy {
  const yaml = YamlText.parse(text);
  const parsed = yaml.read(file);
  const { rules, mode, allow, deny, header, submission: outbound } = parsed;
  return {
    isShadow: mode === 'shadow',
    ...{ allow, deny, header },
    denyAction: parsed['deny-action'],
    jointListing: parsed['joint-listing'],
    shapeBy: parsed['shape-by'],
    deepQueueTransport: parsed['deep-queue-transport'],
    submission: outbound && {
      rate: outbound.rate && rateOf(outbound.rate),
      campaign: outbound.campaign,
      action: outbound.action,
      exempt: new Set(outbound.exempt.map(accountOf)),
    },
    costs: parsed.costs && costPolicyOf(parsed.costs),
    rules: rules.map((one, i): Rule => {
      const { category: given, rate: limits } = one;
      return {
        line: yaml.lineOf(['rules', i]),
        categories:
          given === 'any' || given === 'unlisted' ? given : typeof given === 'string' ? [given] : given,
        score: one.score,
        confidence: one.confidence,
        isHighOnly: one.list === 'high',
        action: one.action,
        rate: limits && rateOf(limits),
      };
    }),
  };
}

const rateOf = ({ connections, messages, recipients, per }: z.output<typeof rate>): Rate => ({
  ...{ connections, messages, recipients },
  perSeconds: per,
});

const quote = (text: string): string => JSON.stringify(text.slice(0, 80));
