import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const isFound = (program: string) =>
  run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  );

/**
 * Makes sure that a program is there: installs its Debian package when this process may, and otherwise fails with the
 * command to run. It never lets a test be skipped.
 */
export async function requireProgram(program: string, debianPackage: string): Promise<void> {
  if (await isFound(program)) return;
  const command = `apt-get install -y ${debianPackage}`;
  if (process.getuid?.() === 0) {
    await run('sh', ['-c', `apt-get update -q && DEBIAN_FRONTEND=noninteractive ${command}`]).catch(
      () => undefined,
    );
  }
  if (!(await isFound(program))) throw new Error(`${program} is needed by this test: sudo ${command}`);
}
