// What the image and the compose file give a process: read, because no engine runs here.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

interface Service {
  readonly image: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly privileged?: boolean;
  readonly user?: string;
  readonly ports?: readonly string[];
}

const read = (name: string) => readFile(join(ROOT, name), 'utf8');
const compose = parse(await read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
};
const services = Object.entries(compose.services);
const own = services.filter(([, { image }]) => image.startsWith('sekisho:'));

describe('a process of Sekisho in a container', () => {
  it.each(own)(
    '%s runs without root, without capabilities and on a read-only file system',
    (_name, service) => {
      expect(service.read_only).toBe(true);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toContain('no-new-privileges:true');
      expect(service.tmpfs).toEqual(['/tmp']);
      expect(service.privileged).toBeUndefined();
      // The image's account, which is not root.
      expect(service.user).toBeUndefined();
    },
  );

  it('has an image whose last stage ends as an account of its own', async () => {
    const lines = (await read('Dockerfile')).split('\n');
    const stage = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    const user = stage.findLast((line) => line.startsWith('USER '));
    expect(user).toBe('USER sekisho');
    expect(stage.findIndex((line) => line.startsWith('USER '))).toBeGreaterThan(
      stage.findLastIndex((line) => /^(?:RUN|COPY) /.test(line)),
    );
  });

  it('gets no secret from the image', async () => {
    expect(await read('Dockerfile')).not.toMatch(/(?:PASSWORD|SECRET|TOKEN|_KEY)=/);
  });
});

describe('every service', () => {
  it('covers what Sekisho needs', () => {
    expect(own.map(([name]) => name)).toEqual(expect.arrayContaining(['hub', 'worker', 'dns']));
  });

  it.each(services)('%s gains no privileges and is reached from this machine only', (_name, service) => {
    expect(service.security_opt).toContain('no-new-privileges:true');
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
