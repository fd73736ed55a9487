// Makes data/warning-lists from a folder that holds MISP warning lists as misp-NAME.json and free-email-domains.txt:
//   npx node tools/warning-lists.mjs FOLDER
// Only what protects mail senders and shared infrastructure is taken; data/warning-lists/FIXTURES.md says why.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

// The public suffix list that libs/subject canonicalises domains with.
const { parse } = createRequire(new URL('../libs/subject/package.json', import.meta.url))('tldts');

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'data', 'warning-lists');
const MISP = 'github.com/MISP/misp-warninglists 84f0610a';

const TAKEN = [
  ['google-gmail-sending-ips', 'gmail-senders', 'cidr'],
  ['microsoft-office365-ip', 'office365', 'cidr'],
  ['smtp-sending-ips', 'smtp-senders', 'cidr'],
  ['smtp-receiving-ips', 'smtp-receivers', 'cidr'],
  ['cloudflare', 'cloudflare', 'cidr'],
  ['fastly', 'fastly', 'cidr'],
  ['akamai', 'akamai', 'cidr'],
  ['googlebot', 'googlebot', 'cidr'],
  ['public-dns-v6', 'public-dns-v6', 'cidr'],
  ['google', 'google-domains', 'domain'],
  ['microsoft-office365', 'office365-domains', 'domain'],
  ['tranco10k', 'top-sites', 'domain'],
];

const source = process.argv[2];
if (!source) {
  console.error('usage: npx node tools/warning-lists.mjs FOLDER');
  process.exit(2);
}

const readMisp = async (name) => JSON.parse(await readFile(join(source, `misp-${name}.json`), 'utf8'));

/** Lower case, no leading or final dot; undefined for a public suffix, under which strangers hold names, and for IPs. */
function domainOf(entry) {
  const host = entry
    .trim()
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '');
  const parsed = parse(host, { allowPrivateDomains: true, validateHostname: false });
  const isHost = /^(?=.{4,253}$)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+[a-z0-9-]{2,63}$/.test(host);
  return parsed.domain && !parsed.isIp && isHost ? host : undefined;
}

/** Sorted, without duplicates and without names below another entry. */
function minimal(domains) {
  const all = new Set(domains);
  const isCovered = (domain) => {
    for (let dot = domain.indexOf('.'); dot > 0; dot = domain.indexOf('.', dot + 1)) {
      if (all.has(domain.slice(dot + 1))) return true;
    }
    return false;
  };
  return [...all].filter((domain) => !isCovered(domain)).sort();
}

async function save(list) {
  const { entries, ...head } = list;
  const file = join(target, `${list.name}.json`);
  const text = JSON.stringify({ ...head, entries });
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(`${list.name.padEnd(20)} ${String(entries.length).padStart(6)} ${list.type}`);
}

await mkdir(target, { recursive: true });
for (const file of await readdir(target)) {
  if (file.endsWith('.json')) await rm(join(target, file));
}

for (const [from, name, type] of TAKEN) {
  const misp = await readMisp(from);
  const entries =
    type === 'domain'
      ? minimal(misp.list.map(domainOf).filter(Boolean))
      : [...new Set(misp.list.map((entry) => entry.trim().toLowerCase()))].sort();
  const description = misp.description.trim();
  await save({
    name,
    description,
    origin: `${MISP}, version ${misp.version}`,
    licence: 'CC0-1.0',
    type,
    entries,
  });
}

// The free-mail list also holds throw-away addresses and dynamic DNS names, which nobody needs to be protected from listing.
const throwAway = new Set([
  ...(await readMisp('disposable-email')).list,
  ...(await readMisp('dynamic-dns')).list.map((entry) => entry.replace(/^\./, '')),
]);
const isThrowAway = (domain) =>
  domain.split('.').some((_, i, labels) => throwAway.has(labels.slice(i).join('.')));
const freeMail = (await readFile(join(source, 'free-email-domains.txt'), 'utf8')).split('\n');
await save({
  name: 'free-mail',
  description: 'Domains of free mail providers, without disposable addresses and dynamic DNS',
  origin: 'npm free-email-domains 1.12.6, less two lists of ' + MISP,
  licence: 'MIT',
  type: 'domain',
  entries: minimal(freeMail.map(domainOf).filter((domain) => domain && !isThrowAway(domain))),
});
