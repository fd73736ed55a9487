import { sha256 } from '@noble/hashes/sha2.js';
import type { EvidenceRules } from './read-evidence.js';

export const rules: EvidenceRules = {
  trusted: { networks: [], hosts: ['mx.example.jp'] },
  sha256: (bytes) => sha256(bytes),
  format: 'auto',
  bounces: { origin: 'never-sent', sendingHosts: [] },
  evidence: 'trap',
  category: 'spam-source',
};

export const bytesOf = (...lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.join('\r\n'));

export const RECEIVED =
  'Received: from helo.example (host9.example.net [203.0.113.9]) by mx.example.jp with ESMTP; Fri, 20 Nov 2026 10:00:00 +0900';
