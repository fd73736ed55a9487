import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  resolve: { conditions: ['@sekisho/source', 'module', 'browser', 'production', 'default'] },
  build: {
    target: 'es2023',
    // The hub's policy allows no inline script, style or data: font; all is fetched from /console/assets/.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Read by `npm run bench:console`, which adds up what a first visit loads.
    manifest: true,
    reportCompressedSize: false,
    rolldownOptions: {
      checks: { bundlerTimings: false },
      output: {
        // Pages change with every release, React does not.
        codeSplitting: { groups: [{ name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// }] },
      },
    },
  },
  oxc: { jsx: { runtime: 'automatic', development: false } },
  // Also when a test, which has an environment of its own, is who builds.
  define: { 'process.env.NODE_ENV': '"production"' },
});
