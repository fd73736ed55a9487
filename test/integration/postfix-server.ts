// Postfix from Debian's package with a configuration of its own, on loopback, with a resolver of its own.
import { requireProgram, freePort } from '@sekisho/testing';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostfixOptions {
  /** Parts of main.cf, as they are shipped. */
  readonly main: string;
  /** Further lines of master.cf. */
  readonly master?: string;
  readonly isPostscreen?: boolean;
  /** An address that answers DNS on port 53. */
  readonly nameserver: string;
}

/**
 * Takes mail for isp.example and puts it into a Maildir; `sekisho-deep` has one of its own. Clients come through the PROXY protocol,
 * so that a test chooses their address. Needs root, as Postfix does.
 */
export class PostfixServer implements AsyncDisposable {
  private constructor(
    private readonly folder: string,
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(options: PostfixOptions): Promise<PostfixServer> {
    await requireProgram('postfix', 'postfix');
    if (process.getuid?.() !== 0) throw new Error('Postfix runs as root only: sudo -E npm test');
    const folder = await mkdtemp(join(tmpdir(), 'sekisho-postfix-'));
    await chmod(folder, 0o755);
    const port = await freePort();
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => (await run('id', [flag, 'postfix'])).stdout.trim()),
    );
    for (const name of ['queue', 'data', 'mail', 'deep']) await mkdir(join(folder, name));
    await run('chown', [`${uid}:${gid}`, ...['data', 'mail', 'deep'].map((name) => join(folder, name))]);
    await writeFile(
      join(folder, 'resolv.conf'),
      `nameserver ${options.nameserver}\noptions timeout:1 attempts:1\n`,
    );
    await writeFile(join(folder, 'main.cf'), mainConfiguration(folder, uid ?? '', gid ?? '', options));
    await writeFile(join(folder, 'master.cf'), masterConfiguration(folder, port, options));
    const script = `mount --bind ${folder}/resolv.conf /etc/resolv.conf && exec postfix -c ${folder} start-fg`;
    const child = spawn('unshare', ['--mount', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const server = new PostfixServer(folder, child, port);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    for (let attempt = 0; !(await server.log()).includes('daemon started'); attempt++) {
      if (attempt > 300 || child.exitCode !== null) {
        const log = await server.log();
        await server[Symbol.asyncDispose]();
        throw new Error(`Postfix did not start:\n${output}\n${log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return server;
  }

  log(): Promise<string> {
    return readFile(join(this.folder, 'maillog'), 'utf8').catch(() => '');
  }

  /** The messages delivered so far: to the Maildir of everybody, or by `sekisho-deep`. */
  async messages(from: 'mail' | 'deep' = 'mail'): Promise<string[]> {
    const box = join(this.folder, from, 'box', 'new');
    const files = await readdir(box).catch(() => []);
    return Promise.all(files.map((file) => readFile(join(box, file), 'utf8')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null) {
      const gone = once(this.child, 'exit');
      await run('postfix', ['-c', this.folder, 'stop']).catch(() => this.child.kill('SIGTERM'));
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function mainConfiguration(
  folder: string,
  uid: string,
  gid: string,
  { main, isPostscreen }: PostfixOptions,
): string {
  return `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/maillog
maillog_file_prefixes = ${folder}
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = loopback-only
inet_protocols = all
myhostname = mx.isp.example
mydestination =
mynetworks = 127.0.0.1/32
virtual_mailbox_domains = isp.example
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
smtpd_peername_lookup = no
smtpd_delay_reject = yes
notify_classes =
# An smtpd remembers what DNS lists answered for as long as it lives; a test that changes the answer needs a new one.
max_use = 1
${isPostscreen ? 'postscreen' : 'smtpd'}_upstream_proxy_protocol = haproxy
${main}`;
}

function masterConfiguration(
  folder: string,
  port: number,
  { master = '', isPostscreen }: PostfixOptions,
): string {
  const listen = `127.0.0.1:${port} inet n - n - `;
  return `${isPostscreen ? `${listen}1 postscreen\nsmtpd pass - - n - - smtpd\ndnsblog unix - - n - 0 dnsblog` : `${listen}- smtpd`}
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
${master.replaceAll('FOLDER', folder)}`;
}
