// What deploy/kubernetes becomes, judged by Kubernetes' own schemas and by what each pod must and must not have.
import { readConfig } from '@sekisho/config';
import { requireProgram } from '@sekisho/testing';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import {
  ConfigMap,
  Namespace,
  PersistentVolumeClaim,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-models/v1';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

interface Container {
  readonly name: string;
  readonly args?: string[];
  readonly env?: { name: string; value?: string }[];
  readonly securityContext?: Record<string, unknown>;
  readonly resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  readonly volumeMounts?: { name: string; mountPath: string }[];
  readonly [probe: string]: unknown;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Record<string, string> };
    readonly podSelector?: {
      readonly matchLabels?: Record<string, string>;
      readonly matchExpressions?: { readonly values: string[] }[];
    };
    readonly policyTypes?: string[];
    readonly template?: {
      readonly metadata: { readonly labels: Record<string, string> };
      readonly spec: {
        readonly containers: Container[];
        readonly securityContext?: Record<string, unknown>;
        readonly volumes?: { name: string }[];
        readonly automountServiceAccountToken?: boolean;
      };
    };
    readonly volumeClaimTemplates?: { metadata: { name: string } }[];
  };
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet']);
const NAME = 'app.kubernetes.io/name';

/** The model of each kind, by `apiVersion` and `kind`. */
const MODELS: Readonly<Record<string, new (manifest: never) => { validate(): void }>> = {
  'v1 Namespace': Namespace,
  'v1 ServiceAccount': ServiceAccount,
  'v1 ConfigMap': ConfigMap,
  'v1 Secret': Secret,
  'v1 Service': Service,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'apps/v1 Deployment': Deployment,
  'apps/v1 StatefulSet': StatefulSet,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
  'autoscaling/v2 HorizontalPodAutoscaler': HorizontalPodAutoscaler,
};

let folder: string;

beforeAll(async () => {
  await requireProgram('kubectl', 'kubernetes-client');
  folder = await mkdtemp(join(tmpdir(), 'sekisho-kubernetes-'));
  await cp(join(import.meta.dirname, '../../deploy/kubernetes'), folder, { recursive: true });
  for (const overlay of ['small', 'large']) {
    const keys = join(folder, 'overlays', overlay, 'keys');
    await mkdir(keys, { recursive: true });
    await writeFile(join(keys, 'hub.jwk'), '{}');
    await writeFile(join(keys, 'edge.token'), 'token');
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function render(overlay: string): Promise<Manifest[]> {
  const words = ['kustomize', join(folder, 'overlays', overlay)];
  const { stdout } = await promisify(execFile)('kubectl', words);
  const manifests = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
  return manifests.map((manifest) => {
    if (manifest.kind !== 'Secret') return manifest;
    // Long values are folded over lines, which base64 allows there and the schema does not.
    const unfolded = Object.entries(manifest.data ?? {}).map(([key, value]) => [
      key,
      value.replaceAll('\n', ''),
    ]);
    return { ...manifest, data: Object.fromEntries(unfolded) as Record<string, string> };
  });
}

const podsOf = (manifests: Manifest[]) =>
  manifests.flatMap(({ kind, metadata, spec }) =>
    WORKLOADS.has(kind) && spec.template
      ? [{ name: metadata.name, pod: spec.template.spec, labels: spec.template.metadata.labels, spec }]
      : [],
  );

describe.each(['small', 'large'])('the overlay %s', (overlay) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(overlay);
  });

  it('is what the schemas of Kubernetes take', () => {
    for (const manifest of manifests) {
      const name = `${manifest.apiVersion} ${manifest.kind}`;
      const Model = MODELS[name];
      if (!Model) throw new Error(`${name}: no schema`);
      expect(() => {
        new Model(manifest as never).validate();
      }, `${name} ${manifest.metadata.name}`).not.toThrow();
    }
  });

  it('runs every container as an ordinary user on a read-only root, probed and with room', () => {
    const pods = podsOf(manifests);
    expect(pods.length).toBeGreaterThanOrEqual(3);
    for (const { name, pod, spec } of pods) {
      expect(pod.automountServiceAccountToken, name).toBe(false);
      expect(pod.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      const volumes = new Set([
        ...(pod.volumes ?? []).map((one) => one.name),
        ...(spec.volumeClaimTemplates ?? []).map((one) => one.metadata.name),
      ]);
      for (const container of pod.containers) {
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
          expect(container[probe], `${name} ${probe}`).toBeTruthy();
        }
        expect(container.resources?.requests, name).toHaveProperty('cpu');
        expect(container.resources?.limits, name).toHaveProperty('memory');
        for (const mount of container.volumeMounts ?? []) expect(volumes, name).toContain(mount.name);
      }
    }
  });

  it('has for each workload a disruption budget and network policies both ways, and is closed otherwise', () => {
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
    const selected = ({ spec }: Manifest) => [
      ...Object.values(spec.podSelector?.matchLabels ?? {}),
      ...(spec.podSelector?.matchExpressions ?? []).flatMap(({ values }) => values),
    ];
    const closed = policies.find((policy) => policy.metadata.name === 'closed');
    expect(closed?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    for (const { name, labels } of podsOf(manifests)) {
      const own = policies.filter((policy) => selected(policy).includes(labels[NAME] ?? ''));
      expect(
        own.flatMap(({ spec }) => spec.policyTypes),
        name,
      ).toEqual(['Ingress', 'Egress']);
      const budget = manifests.find(
        ({ kind, spec }) =>
          kind === 'PodDisruptionBudget' && spec.selector?.matchLabels?.[NAME] === labels[NAME],
      );
      expect(budget, name).toBeTruthy();
    }
  });

  it('configures each process with what it takes, and gives no edge the key of the hub', () => {
    const shared = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    for (const { name, pod } of podsOf(manifests)) {
      for (const { args, env = [] } of pod.containers) {
        const given = Object.fromEntries(env.map((one) => [one.name, one.value]));
        expect(() => readConfig({ ...shared, ...given }), name).not.toThrow();
        if (args?.[0] === 'dns') expect(JSON.stringify(pod)).not.toContain('hub.jwk');
      }
    }
  });
});

it('leaves the trustee to another operator in the large overlay', async () => {
  expect((await render('large')).map(({ metadata }) => metadata.name)).not.toContain('trustee');
  expect((await render('small')).map(({ metadata }) => metadata.name)).toContain('trustee');
});
