import { readConfig, type Config, type ListenAddress } from '@sekisho/config';
import { EdgeCheck, EdgeClient, standingOfCodes, StandingSource } from '@sekisho/edge-client';
import {
  actionText,
  decide,
  defaultPolicy,
  needsOf,
  parsePolicy,
  type Decision,
  type ExpectedCosts,
  type Policy,
  type Standing,
} from '@sekisho/policy';
import { parseIp, SubjectInvalid, type Ip } from '@sekisho/subject';
import { parseReturnCode } from '@sekisho/zone';
import type { Command } from 'commander';
import type { CliContext } from '../context.js';
import { readPolicyText } from './policy-text.js';
import { toJson, usage, withExample, withJson, type JsonOption } from './shared-options.js';

/** As in policyd: what takes longer there is no answer. */
const EDGE_TIMEOUT_MS = 200;
const ANY_HOST: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

interface CheckOptions extends JsonOption {
  readonly policy?: string;
  readonly edge?: ListenAddress;
  readonly code?: readonly number[];
}

export function registerPolicy(program: Command, context: CliContext): void {
  const group = program.command('policy').description('look into a policy file for sekisho policyd');
  const command = group
    .command('check')
    .description('check a policy file, and explain what addresses would get');
  command
    .argument('[address...]', 'IP addresses', (text: string, former: readonly Ip[] | undefined) => [
      ...(former ?? []),
      usage(command, parseIp)(text),
    ])
    .option('--policy <file>', 'the policy file (default: the policy that holds without one)')
    .option(
      '--edge <address:port>',
      'the DNS edge to ask (default: that of SEKISHO_DNS)',
      usage(command, (text) => edgeAddress(text)),
    )
    .option(
      '--code <code>',
      'ask nobody, and suppose that ip.Z answers this code; may be repeated. Example: 127.0.91.3',
      (text: string, former: readonly number[] | undefined) => [
        ...(former ?? []),
        usage(command, returnCode)(text),
      ],
    );
  withJson(command).action(async (addresses: readonly Ip[] | undefined, options: CheckOptions) => {
    await checkPolicy(addresses ?? [], options, context);
  });
  withExample(
    command,
    'sekisho policy check --policy /etc/sekisho/policy.yaml 203.0.113.9 2001:db8::9',
    'sekisho policy check --policy policy.yaml --code 127.0.91.3 203.0.113.9',
  );
}

async function checkPolicy(
  addresses: readonly Ip[],
  options: CheckOptions,
  context: CliContext,
): Promise<void> {
  const config = readConfig(context.env);
  const policy =
    options.policy === undefined
      ? defaultPolicy()
      : await readPolicyText(options.policy, context, parsePolicy);
  const name = options.policy ?? 'the default policy';
  if (addresses.length === 0) {
    const { rules, isShadow } = policy;
    const text = `${name}: valid, ${rules.length} rules, mode ${isShadow ? 'shadow' : 'enforce'}\n`;
    context.stdout.write(options.json ? toJson({ valid: true, rules: rules.length }) : text);
    return;
  }
  const standings = await standingsOf(addresses, policy, options, config);
  const found = addresses.map((address, i) => {
    const standing = standings[i] ?? { kind: 'unknown' as const, reason: 'unreachable' as const };
    const decision = decide(policy, { address, name: undefined }, standing);
    return { address: address.text, standing, decision, answer: answerTo(decision, address, policy, config) };
  });
  context.stdout.write(options.json ? toJson(found) : found.map(explain).join('\n'));
}

async function standingsOf(
  addresses: readonly Ip[],
  policy: Policy,
  options: CheckOptions,
  config: Config,
): Promise<Standing[]> {
  if (options.code) {
    const standing = standingOfCodes({ ip: options.code, high: options.code, dynamic: [], score: [] });
    return addresses.map(() => standing);
  }
  const { host, port } = options.edge ?? config.dns;
  const edge = new EdgeClient({
    host: ANY_HOST[host] ?? host,
    port,
    timeoutMs: EDGE_TIMEOUT_MS,
    maxOpen: 1_000,
  });
  const source = new StandingSource(edge, { apex: config.zone, keyLabel: undefined, maxCached: 1 });
  const needs = needsOf(policy);
  const check = new EdgeCheck(source, {
    needs: () => needs,
    healthUrl: undefined,
    onChange: () => undefined,
  });
  try {
    const state = await check.check();
    if (state.kind === 'bad') return addresses.map(() => ({ kind: 'unknown', reason: state.reason }));
    return await Promise.all(addresses.map((address) => source.ask(address, needs, performance.now())));
  } finally {
    edge.close();
  }
}

/** What Postfix would be told at RCPT, of a network that is over its rate when it has one. */
function answerTo(decision: Decision, { text }: Ip, policy: Policy, { publicUrl }: Config): string {
  const isShaped = decision.because === 'rule' && decision.rate !== undefined;
  return actionText({
    decision,
    admission: isShaped ? { kind: 'refused', limit: 'messages', retryAfterSeconds: 60 } : undefined,
    policy,
    protocolState: 'RCPT',
    ...{ id: 'ID', address: text, publicUrl, isTagged: false },
  });
}

function explain({
  address,
  standing,
  decision,
  answer,
}: {
  address: string;
  standing: Standing;
  decision: Decision;
  answer: string;
}): string {
  const { rate, expected } =
    decision.because === 'rule' ? decision : { rate: undefined, expected: undefined };
  const lines: readonly (readonly [string, string])[] = [
    ['known', standingText(standing)],
    ['action', decision.action],
    ['because', reasonText(decision)],
    ...(expected ? [['costs', costsText(expected)] as const] : []),
    ...(rate
      ? [
          [
            'rate',
            `${(['connections', 'messages', 'recipients'] as const)
              .flatMap((kind) => (rate[kind] === undefined ? [] : [`${rate[kind]} ${kind}`]))
              .join(', ')} in ${rate.perSeconds} s; beyond it:`,
          ] as const,
        ]
      : []),
    ['Postfix', answer],
  ];
  return `${address}\n${lines.map(([title, text]) => `  ${title.padEnd(8)} ${text}\n`).join('')}`;
}

/** Three digits: the costs that went in are rarely known to more. */
const figure = (value: number) => String(Number(value.toPrecision(3)));

function costsText({ probability, costs }: ExpectedCosts): string {
  const each = costs.map(({ action, cost }) => `${action} ${figure(cost)}`).join(', ');
  return `abusive with ${figure(probability * 100)} %: ${each}`;
}

function standingText(standing: Standing): string {
  if (standing.kind === 'unknown') return `nothing: ${standing.reason}`;
  const { listings, isHigh, score, confidence } = standing;
  return [
    ...(listings.length === 0
      ? ['not listed']
      : listings.map((one) => `${one.category}, score ${one.score}`)),
    ...(isHigh ? ['in high.ip'] : []),
    ...(score === undefined ? [] : [`score.Z ${score}, confidence ${confidence ?? 0}`]),
  ].join('; ');
}

function reasonText(decision: Decision): string {
  switch (decision.because) {
    case 'allow-list':
      return `${decision.entry} of allow`;
    case 'deny-list':
      return `${decision.entry} of deny`;
    case 'rule':
      return `rule ${decision.rule}, line ${decision.line}`;
    case 'joint-action':
      return `joint action ${decision.id}`;
    case 'no-rule':
      return 'no rule matches';
    case 'unknown':
      return `the edge gave no answer that counts (${decision.reason}): mail flows`;
  }
}

function edgeAddress(text: string): ListenAddress {
  try {
    return readConfig({ SEKISHO_DNS: text }).dns;
  } catch {
    throw new RangeError('--edge: not an address and port. Example: 127.0.0.1:5353');
  }
}

/** @throws {SubjectInvalid} as what a person typed wrong */
function returnCode(text: string): number {
  const code = parseReturnCode(text);
  if (code !== undefined) return code;
  throw new SubjectInvalid(
    'subject-malformed',
    `--code: not a return code: ${JSON.stringify(text)}. Example: 127.0.91.3`,
  );
}
