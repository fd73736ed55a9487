// The zone arguments of rbldnsd(8): zone:type:file,file…
import { ZoneSpecInvalid } from './errors.js';
import { wireName } from './name-text.js';

export const DATASET_TYPES = [
  'ip4set',
  'ip4trie',
  'ip4tset',
  'ip6trie',
  'ip6tset',
  'dnset',
  'generic',
  'combined',
] as const;
export type DatasetType = (typeof DATASET_TYPES)[number];

export const isDatasetType = (text: string): text is DatasetType =>
  (DATASET_TYPES as readonly string[]).includes(text);

export interface ZoneSpec {
  /** Lower case, without final dot. */
  readonly zone: string;
  readonly type: DatasetType;
  readonly files: readonly string[];
}

/** @throws {ZoneSpecInvalid} */
export function parseZoneSpec(text: string): ZoneSpec {
  const [, zone = '', type = '', files = ''] = /^([^:]*):([^:]*):(.*)$/s.exec(text) ?? [];
  if (type === 'acl') {
    throw new ZoneSpecInvalid(text, 'acl is not supported; SEKISHO_DNS_ACCESS says who may ask');
  }
  if (!isDatasetType(type)) {
    throw new ZoneSpecInvalid(text, `not ZONE:TYPE:FILE with a type of ${DATASET_TYPES.join(', ')}`);
  }
  const name = wireName(zone);
  if (!name || name.length === 0) throw new ZoneSpecInvalid(text, 'its zone is no domain name');
  const paths = files.split(',').filter((path) => path !== '');
  if (paths.length === 0) throw new ZoneSpecInvalid(text, 'it names no file');
  return { zone: zone.toLowerCase().replace(/\.+$/, ''), type, files: paths };
}
