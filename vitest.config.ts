import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';

// One transformer for tests and for the build, so that decorator metadata is the same in both (.swcrc).
const plugins = [swc.vite({ module: { type: 'nodenext' } })];
const resolve = {
  // Not 'import', which Vite adds by itself: Vitest hands these to Node as --conditions, and require() of a
  // package with two builds would then get the ES module.
  conditions: ['@sekisho/source', 'node', 'default'],
  // graphql ships two builds; Nest loads the CommonJS one, and types of two realms do not mix.
  alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
};
const ssr = {
  resolve: { conditions: resolve.conditions, externalConditions: ['node', 'import', 'default'] },
};

/** Its time is what it is about, so that nothing runs beside it. */
const TIMED = ['test/e2e/report-to-dns.spec.ts'];

/** Real processes and one PostgreSQL for all files. */
const system = {
  globalSetup: ['test/setup/database.ts'],
  testTimeout: 120_000,
  hookTimeout: 180_000,
  maxWorkers: 2,
};

export default defineConfig({
  test: {
    projects: [
      {
        plugins,
        resolve,
        ssr,
        test: {
          name: 'unit',
          include: ['libs/*/src/**/*.spec.ts', 'apps/*/src/**/*.spec.ts'],
          // Against what hangs; a busy machine takes several times as long as a quiet one.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: {
          ...{ name: 'system', include: ['test/**/*.spec.ts'], exclude: TIMED },
          ...system,
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins,
        resolve,
        ssr,
        test: { ...{ name: 'timed', include: TIMED }, ...system, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
