// Bundles the DNS edge from its compiled files: a thread of it loads what it uses of our libraries and of others, no more.
// File by file each thread would keep, for the life of the process, whole libraries of which it calls one function.
import { build } from 'vite';

/** Holds a binary for this machine, found beside its own files. */
const NATIVE = ['koffi'];

/** @param {string} folder of the app, with the compiled files in `dist` @param {string} outDir absolute */
export async function bundleEdge(folder, outDir) {
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: true, external: NATIVE },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      // Stack traces name functions and files as they are.
      minify: false,
      target: 'node22',
      rolldownOptions: {
        // Threads are started by the names of their files, beside the file that starts them.
        input: {
          main: 'dist/main.js',
          'hot-worker': 'dist/hot/hot-worker.js',
          'load-worker': 'dist/load/load-worker.js',
        },
        output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
        treeshake: {
          // Our libraries do nothing by being loaded.
          moduleSideEffects: (id) => !/\/libs\/[^/]+\/dist\//.test(id),
        },
      },
    },
  });
}
