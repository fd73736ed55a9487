// A network and a host name of its own for a mail server that cannot be told who its client is: it has the clients' addresses on its
// loopback.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOST_NAME = 'mx.isp.example';
const GATE = fileURLToPath(new URL('network-gate.mjs', import.meta.url));

export class OwnNetwork implements AsyncDisposable {
  private server: ChildProcess | undefined;
  /** What the server wrote. */
  log = '';

  private constructor(
    private readonly gate: ChildProcess,
    /** Where `offerMail` gets to port 25 in there. */
    readonly path: string,
  ) {}

  /** @param mounts what stands for which path of the file system in there */
  static async open(
    folder: string,
    addresses: readonly string[],
    mounts: ReadonlyMap<string, string>,
  ): Promise<OwnNetwork> {
    if (process.getuid?.() !== 0) throw new Error('mail servers run as root only: sudo -E npm test');
    const path = join(folder, 'gate.sock');
    // A server that cannot find its own name waits for a minute.
    const hosts = join(folder, 'hosts');
    await writeFile(hosts, `127.0.0.1 ${HOST_NAME} localhost\n::1 ${HOST_NAME} localhost\n`);
    const script = [
      `hostname ${HOST_NAME}`,
      `mount --bind '${hosts}' /etc/hosts`,
      'ip link set lo up',
      // An IPv6 address is of use at once only when nobody looks for a second one like it.
      ...addresses.map((one) =>
        one.includes(':') ? `ip addr add ${one}/128 dev lo nodad` : `ip addr add ${one}/32 dev lo`,
      ),
      ...[...mounts].map(([place, file]) => `mount --bind '${file}' '${place}'`),
      'exec "$0" "$@"',
    ].join(' && ');
    const gate = spawn(
      'unshare',
      ['--net', '--mount', '--uts', 'sh', '-c', script, process.execPath, GATE, path],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    const [opened] = (await Promise.race([once(gate, 'message'), once(gate, 'exit')])) as [unknown];
    if (opened !== 'open') throw new Error('no network of its own: it needs unshare and ip (iproute2)');
    return new OwnNetwork(gate, path);
  }

  /** Starts the mail server in there; it ends with the network. */
  run(command: string, parameters: readonly string[]): ChildProcess {
    const inside = ['--target', String(this.gate.pid), '--net', '--mount', '--uts', command, ...parameters];
    const server = spawn('nsenter', inside, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.server = server;
    for (const stream of [server.stdout, server.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of [this.server, this.gate]) {
      if (child?.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    }
  }
}
