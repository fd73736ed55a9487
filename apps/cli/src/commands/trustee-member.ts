import { readConfig } from '@sekisho/config';
import { MemberRegister, publishedKeys, registeredKey, type RegisteredKey } from '@sekisho/evaluation';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { readStandardInput, type CliContext } from '../context.js';
import { CommandFailed, UsageFault } from '../failure.js';
import { formatPairs, formatTable } from '../print/table.js';
import { commandPath, toJson, withExample, withJson, type JsonOption } from './shared-options.js';

const EXAMPLE = 'sekisho trustee member add isp-a --kid 0ZQ3UdGJnBEqjr6DbbsMlPX5tZRWLvRPEx1NqOWUnVE';

/** The trustee's own register; a running trustee reads it again within ten seconds. */
export function registerTrusteeMember(trustee: Command, context: CliContext): void {
  const member = trustee.command('member').description('whose signatures the trustee believes (pinned)');
  registerAdd(member, context);
  registerRemove(member, context);
  registerList(member, context);
  withExample(member, EXAMPLE);
}

const registerOf = ({ env }: CliContext) => new MemberRegister(readConfig(env).trustee.dir);

function registerAdd(member: Command, context: CliContext): void {
  const command = member.command('add').description("accept a member's signing key");
  command
    .argument('<member>', 'its id')
    .argument('[file]', 'its public key as JWK; - is standard input')
    .option('--kid <kid>', 'take the key of this thumbprint, told by the member (sekisho me), from the hub');
  interface AddOptions extends JsonOption {
    readonly kid?: string;
  }
  withJson(command).action(async (id: string, file: string | undefined, { kid, json }: AddOptions) => {
    if ((file === undefined) === (kid === undefined)) {
      throw new UsageFault('one of a key file and --kid is needed', `${commandPath(command)} --help`);
    }
    const key =
      kid === undefined
        ? await registeredKey(id, await readJwk(file ?? '', context))
        : await keyOfHub(id, kid, context);
    const isNew = await registerOf(context).add(key);
    context.stdout.write(
      json
        ? toJson({ member: id, kid: key.kid, isNew })
        : formatPairs([[isNew ? 'added' : 'known', key.kid]]),
    );
  });
  withExample(command, EXAMPLE);
}

/** The hub carries the key, the member's thumbprint vouches for it: the hub cannot put one of its own in its place. */
async function keyOfHub(memberId: string, kid: string, { env }: CliContext): Promise<RegisteredKey> {
  const { hubUrl } = readConfig(env);
  const published = await publishedKeys(hubUrl).catch((error: unknown) => {
    throw new CommandFailed(
      `the hub at ${hubUrl} does not tell its members' keys: ${error instanceof Error ? error.message : ''}`,
      "set SEKISHO_HUB_URL, or give the member's public key as a file",
    );
  });
  for (const candidate of published.filter((one) => one['sekisho:member'] === memberId)) {
    const key = await registeredKey(memberId, candidate);
    if (key.kid === kid) return key;
  }
  throw new CommandFailed(
    `the hub publishes no key ${kid} of ${memberId}`,
    'ask the member for the signing key that `sekisho me` shows',
  );
}

function registerRemove(member: Command, context: CliContext): void {
  const command = member.command('remove').description('believe a member no more, or one of its keys');
  command
    .argument('<member>', 'its id')
    .option('--kid <kid>', 'this key only, such as one that was replaced');
  withJson(command).action(async (id: string, { kid, json }: JsonOption & { kid?: string }) => {
    const removed = await registerOf(context).remove(id, kid);
    if (removed === 0)
      throw new CommandFailed(`no such key of ${id} is in the register`, 'sekisho trustee member list');
    context.stdout.write(
      json ? toJson({ member: id, removed }) : formatPairs([['removed', String(removed)]]),
    );
  });
  withExample(command, 'sekisho trustee member remove isp-a');
}

function registerList(member: Command, context: CliContext): void {
  const command = member.command('list').description('every key in the register');
  withJson(command).action(async ({ json }: JsonOption) => {
    const rows = (await registerOf(context).read()).map((key) => ({
      member: key['sekisho:member'],
      kid: key.kid,
    }));
    context.stdout.write(
      json
        ? toJson(rows)
        : formatTable(
            ['MEMBER', 'SIGNING KEY'].map((title) => ({ title })),
            rows.map(({ member: id, kid }) => [id, kid]),
          ),
    );
  });
  withExample(command, 'sekisho trustee member list --json');
}

async function readJwk(file: string, context: CliContext): Promise<unknown> {
  const text = file === '-' ? await readStandardInput(context) : await readFile(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
