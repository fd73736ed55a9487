// No Docker is needed to see that docker-compose.yml is of one piece.
import { readConfig } from '@sekisho/config';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly command?: string[];
  readonly entrypoint?: string[];
  readonly environment?: Record<string, string>;
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly depends_on?: Record<string, { condition: string }>;
  readonly healthcheck?: { disable?: boolean; test?: string[] };
}

const ROOT = join(import.meta.dirname, '../..');
/** As Compose reads `.env`: `${NAME:?why}` must be set, `${NAME:-default}` need not. */
const ENV: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: 'letters',
  SEKISHO_ZONE: 'rep.example.net',
  SEKISHO_PUBLIC_URL: 'https://sekisho.example.net',
};
const interpolate = (text: string) =>
  text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string | undefined, word: string | undefined) => {
      const value = ENV[name] ?? (kind === '-' ? word : undefined);
      if (value === undefined) throw new Error(`${name} is not among what the file says to set`);
      return value;
    },
  );
const file = parse(await readFile(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as unknown;
// Compose reads the YAML first and fills in variables afterwards.
const { services, volumes } = JSON.parse(JSON.stringify(file), (_, value: unknown) =>
  typeof value === 'string' ? interpolate(value) : value,
) as { services: Record<string, Service>; volumes: Record<string, unknown> };
const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('sekisho:'));

describe('docker-compose.yml', () => {
  it('has every process of a hub', () => {
    const commands = ours.flatMap(([, { command, entrypoint }]) => (entrypoint ? [] : (command ?? [])));
    expect(commands.sort()).toEqual(['dns', 'hub', 'trustee', 'worker']);
  });

  it.each(ours)(
    '%s is configured as its process takes it, and may do no more than it needs',
    (_, service) => {
      expect(() => readConfig(service.environment ?? {})).not.toThrow();
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    },
  );

  it.each(Object.entries(services))('%s refers to what is there', async (_, service) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services).toHaveProperty(other);
      if (condition === 'service_healthy') expect(services[other]?.healthcheck?.test).toBeTruthy();
    }
    for (const source of (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '')) {
      if (source.startsWith('./')) await stat(join(ROOT, source));
      else expect(volumes).toHaveProperty(source);
    }
    // Nothing is open to the outside before somebody decides that it is.
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});
