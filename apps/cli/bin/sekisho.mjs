#!/usr/bin/env node
// Starts the CLI: on a Node that is new enough, and from a build that is not older than its sources.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 22;

function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const file = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function fail(problem, remedy) {
  process.stderr.write(`sekisho: ${problem}\nwhat to do: ${remedy}\n`);
  process.exitCode = 1;
}

/** The same command line under another Node, which ends with this process and whose status becomes this one's. */
function runUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('error', (error) =>
    fail(`cannot start ${node}: ${error.message}`, "run npm ci in the project's root"),
  );
  child.once('exit', (status, signal) => {
    process.exit(signal === null ? (status ?? 1) : 128 + constants.signals[signal]);
  });
}

async function start() {
  if (process.connected) {
    // Started by an older Node: when that is killed, this ends in order instead of staying behind.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel.unref();
  }
  const builder = new URL('../../../tools/build.mjs', import.meta.url);
  const entry = new URL('../dist/main.js', import.meta.url);
  if (existsSync(builder)) {
    const { build } = await import(builder.href);
    await build();
  }
  if (!existsSync(entry)) {
    fail('the program is not built', "run npm ci and npm run build in the project's root");
    return;
  }
  process.setSourceMapsEnabled(true);
  await import(entry.href);
}

const major = Number(process.versions.node.split('.')[0]);
const node = major < OLDEST_NODE ? pinnedNode() : process.execPath;
if (node === undefined) {
  fail(
    `Node ${OLDEST_NODE} or later is needed; this is ${process.version}`,
    "run npm ci in the project's root, which brings its own Node",
  );
} else if (node === process.execPath) {
  await start();
} else {
  runUnder(node);
}
