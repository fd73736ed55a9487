#!/usr/bin/env node
// OpenSMTPD filter (smtpd-filters(7)): puts each recipient to `sekisho policyd` (Postfix's policy delegation protocol) and does what it
// says. The parameter is where policyd listens: ADDRESS:PORT or unix:/PATH. Whatever goes wrong, mail flows.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [, , policyd = '127.0.0.1:10040'] = process.argv;
const TIMEOUT_MS = 1_000;

/** By session: the client, its message, and the header that policyd wants in it. */
const sessions = new Map();

const tell = (line) => process.stdout.write(`${line}\n`);

const reports = {
  'link-connect': (id, [, , source]) => {
    // 203.0.113.9:4711, [2001:db8::9]:4711, or a local program's unix:/path.
    const [, address = '', port = ''] = /^\[?([0-9a-fA-F.:]+?)\]?:(\d+)$/.exec(source) ?? [];
    sessions.set(id, { address: address.replace(/^IPv6:/i, ''), port, message: '', header: undefined });
  },
  'link-disconnect': (id) => sessions.delete(id),
  'tx-begin': (id, [message]) => Object.assign(sessions.get(id) ?? {}, { message, header: undefined }),
};

const filters = {
  'rcpt-to': async (id, token) => {
    const session = sessions.get(id);
    const action = session === undefined || session.address === '' ? 'DUNNO' : await ask(session);
    const [verb, ...words] = action.split(' ');
    const text = words.join(' ');
    if (verb === 'PREPEND') session.header = text;
    if (verb === 'INFO') process.stderr.write(`${text}\n`);
    const verdict = { REJECT: `reject|550 ${text}`, DEFER_IF_PERMIT: `reject|450 ${text}` }[verb];
    tell(`filter-result|${id}|${token}|${verdict ?? 'proceed'}`);
  },
  // Every line of a message passes here: the header of policyd goes before the first one.
  'data-line': (id, token, line) => {
    const session = sessions.get(id);
    if (session?.header !== undefined) tell(`filter-dataline|${id}|${token}|${session.header}`);
    if (session !== undefined) session.header = undefined;
    tell(`filter-dataline|${id}|${token}|${line}`);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [kind, , , , phase, id, ...rest] = line.split('|');
  if (line === 'config|ready') {
    for (const event of Object.keys(reports)) tell(`register|report|smtp-in|${event}`);
    for (const event of Object.keys(filters)) tell(`register|filter|smtp-in|${event}`);
    tell('register|ready');
  } else if (kind === 'report') reports[phase]?.(id, rest);
  // What a client says may have a | in it, and it is last.
  else if (kind === 'filter') void filters[phase]?.(id, rest[0], rest.slice(1).join('|'));
}

/** Resolves to the value of `action=`; to no opinion when there is none in time. */
function ask({ address, port, message }) {
  return new Promise((resolve) => {
    const [, host, tcpPort] = /^(.*):(\d+)$/.exec(policyd) ?? [];
    const socket = tcpPort ? connect(Number(tcpPort), host) : connect(policyd.replace(/^unix:/, ''));
    const timer = setTimeout(() => socket.destroy(), TIMEOUT_MS);
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      const action = /^action=(.*)\n\n/.exec(answer)?.[1];
      if (action === undefined) process.stderr.write('policyd does not answer: mail flows unjudged\n');
      resolve(action ?? 'DUNNO');
    });
    socket.end(
      `request=smtpd_access_policy\nprotocol_state=RCPT\nclient_address=${address}\nclient_port=${port}\n` +
        `instance=${message}\n\n`,
    );
  });
}
