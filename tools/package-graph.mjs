// Draws which workspace depends on which, as Mermaid, into ARCHITECTURE.md between two markers:
//   npm run graph                            writes it
//   node tools/package-graph.mjs --check     status 1 when it is not up to date
// The tiers are those of the dependency gate (.dependency-cruiser.cjs), the arrows those of the package.json files.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const document = join(root, 'ARCHITECTURE.md');
const BEGIN = '<!-- package-graph: begin, written by npm run graph -->';
const END = '<!-- package-graph: end -->';
const SCOPE = '@sekisho/';

/** Helps tests only: what it needs says nothing about the product. */
const LEFT_OUT = new Set(['testing']);

function isPureTest() {
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs'));
  const gate = forbidden.find(({ name }) => name === 'pure-imports-pure');
  if (!gate) throw new Error('.dependency-cruiser.cjs has no rule pure-imports-pure');
  const pattern = new RegExp(gate.from.path);
  return (folder) => pattern.test(`${folder}/`);
}

async function readWorkspaces() {
  const isPure = isPureTest();
  const workspaces = [];
  for (const tier of ['apps', 'libs']) {
    const entries = await readdir(join(root, tier), { withFileTypes: true });
    for (const { name } of entries.filter((entry) => entry.isDirectory())) {
      if (LEFT_OUT.has(name)) continue;
      const text = await readFile(join(root, tier, name, 'package.json'), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const { dependencies = {} } = JSON.parse(text);
      const needs = Object.keys(dependencies)
        .filter((dependency) => dependency.startsWith(SCOPE))
        .map((dependency) => dependency.slice(SCOPE.length));
      workspaces.push({
        name,
        needs: needs.sort(),
        tier: tier === 'apps' ? 'apps' : isPure(`libs/${name}`) ? 'pure' : 'adapters',
      });
    }
  }
  return workspaces.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Leaves out an arrow when a longer way says the same: the picture stays readable and loses nothing. */
function withoutShortcuts(workspaces) {
  const needsOf = new Map(workspaces.map(({ name, needs }) => [name, needs]));
  const reaches = (from, to) => (needsOf.get(from) ?? []).some((next) => next === to || reaches(next, to));
  return workspaces.map((workspace) => ({
    ...workspace,
    needs: workspace.needs.filter(
      (need) => !workspace.needs.some((other) => other !== need && reaches(other, need)),
    ),
  }));
}

const TITLE = {
  apps: 'apps: thin, wire and listen',
  adapters: 'libs: adapters, may do I/O',
  pure: 'libs: pure, no I/O, no clock, no randomness',
};

function draw(workspaces) {
  const lines = ['```mermaid', 'flowchart TD'];
  for (const [tier, title] of Object.entries(TITLE)) {
    lines.push(`  subgraph ${tier}["${title}"]`);
    for (const { name } of workspaces.filter((workspace) => workspace.tier === tier))
      lines.push(`    ${name}`);
    lines.push('  end');
  }
  for (const { name, needs } of withoutShortcuts(workspaces)) {
    for (const need of needs) lines.push(`  ${name} --> ${need}`);
  }
  return [...lines, '```'].join('\n');
}

const text = await readFile(document, 'utf8');
const begin = text.indexOf(BEGIN);
const end = text.indexOf(END);
if (begin < 0 || end < begin) {
  console.error(`ARCHITECTURE.md lacks the markers\n${BEGIN}\n${END}`);
  process.exit(1);
}
const wanted = `${text.slice(0, begin + BEGIN.length)}\n\n${draw(await readWorkspaces())}\n\n${text.slice(end)}`;
if (process.argv[2] === '--check') {
  if (wanted !== text) {
    console.error('ARCHITECTURE.md: the package graph is not up to date; run npm run graph');
    process.exit(1);
  }
} else if (wanted !== text) {
  await writeFile(document, wanted);
}
