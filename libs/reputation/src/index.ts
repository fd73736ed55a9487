// placeholder until merge
import type { Category, Evidence } from '@sekisho/report';
export interface Sighting {
  reporter: string;
  category: Category;
  evidence: Evidence;
  count: number;
  firstSeen: number;
  lastSeen: number;
  influenced: boolean;
}
export interface ReporterStanding {
  trust: number;
}
export interface Reputation {
  score: number;
  listed: boolean;
  highConfidence: boolean;
  categories: { category: Category; score: number; listed: boolean }[];
  confidence: number;
  recommendation: 'ACCEPT' | 'THROTTLE' | 'TAG' | 'DEFER' | 'REJECT';
  memberCount: number;
  firstSeen: number;
  lastSeen: number;
  expiresAt: number;
  explanation: { factor: string; contribution: number; detail: string }[];
  nextReviewAt?: number;
  modelVersion: string;
}
