// Every page of the console: where it is, what a person must be allowed to see it, and its file.
import { isAllowed, type Operation, type Role } from '@sekisho/access';
import type { ComponentType } from 'react';
import type { MessageKey } from '../language/translate.ts';

export interface PageEntry {
  readonly paths: readonly [string, ...string[]];
  /** Absent for pages that are reached from others. */
  readonly title?: Extract<MessageKey, `${string}.title`>;
  readonly group?: 'watch' | 'ours' | 'together' | 'system';
  /** `g` and then this key leads there. */
  readonly key?: string;
  readonly needs: Operation | undefined;
  readonly load: () => Promise<{ default: ComponentType }>;
}

export const PAGES: readonly PageEntry[] = [
  {
    paths: ['/'],
    title: 'overview.title',
    group: 'watch',
    key: 'o',
    needs: 'statistics:read',
    load: () => import('../pages/overview.tsx'),
  },
  {
    paths: ['/lookup'],
    title: 'lookup.title',
    group: 'watch',
    key: 'k',
    needs: 'reputation:read',
    load: () => import('../pages/lookup.tsx'),
  },
  {
    paths: ['/listings'],
    title: 'listings.title',
    group: 'watch',
    key: 'l',
    needs: 'listing:read',
    load: () => import('../pages/listings.tsx'),
  },
  {
    paths: ['/campaigns'],
    title: 'campaigns.title',
    group: 'watch',
    key: 'c',
    needs: 'campaign:read',
    load: () => import('../pages/campaigns.tsx'),
  },
  { paths: ['/campaigns/:id'], needs: 'campaign:read', load: () => import('../pages/campaign.tsx') },
  {
    paths: ['/alerts', '/alerts/:id'],
    title: 'alerts.title',
    group: 'ours',
    key: 'a',
    needs: 'alert:answer',
    load: () => import('../pages/alerts.tsx'),
  },
  {
    paths: ['/cases'],
    title: 'cases.title',
    group: 'ours',
    key: 's',
    needs: 'subscriber:case',
    load: () => import('../pages/cases.tsx'),
  },
  {
    paths: ['/reports'],
    title: 'reports.title',
    group: 'ours',
    key: 'r',
    needs: 'report:retract',
    load: () => import('../pages/reports.tsx'),
  },
  {
    paths: ['/networks'],
    title: 'networks.title',
    group: 'ours',
    key: 'n',
    needs: 'network:declare',
    load: () => import('../pages/networks.tsx'),
  },
  {
    paths: ['/appeals'],
    title: 'appeals.title',
    group: 'together',
    key: 'e',
    needs: 'appeal:review',
    load: () => import('../pages/appeals.tsx'),
  },
  { paths: ['/appeals/:id'], needs: 'appeal:review', load: () => import('../pages/appeal.tsx') },
  {
    paths: ['/actions'],
    title: 'actions.title',
    group: 'together',
    key: 'w',
    needs: 'action:read',
    load: () => import('../pages/actions.tsx'),
  },
  {
    paths: ['/actions/new'],
    needs: 'action:propose',
    load: () => import('../pages/propose-action.tsx'),
  },
  { paths: ['/actions/:id/edit'], needs: 'action:propose', load: () => import('../pages/edit-action.tsx') },
  { paths: ['/actions/:id'], needs: 'action:read', load: () => import('../pages/action.tsx') },
  {
    paths: ['/members'],
    title: 'members.title',
    group: 'together',
    key: 'm',
    needs: 'member:list',
    load: () => import('../pages/members.tsx'),
  },
  {
    paths: ['/conduct'],
    title: 'conduct.title',
    group: 'together',
    key: 'b',
    needs: 'conduct:read',
    load: () => import('../pages/conduct.tsx'),
  },
  {
    paths: ['/people'],
    title: 'people.title',
    group: 'system',
    key: 'p',
    needs: 'person:list',
    load: () => import('../pages/people.tsx'),
  },
  {
    paths: ['/statistics'],
    title: 'statistics.title',
    group: 'system',
    key: 't',
    needs: 'statistics:read',
    load: () => import('../pages/statistics.tsx'),
  },
  {
    paths: ['/health'],
    title: 'health.title',
    group: 'system',
    key: 'h',
    needs: 'hub:describe',
    load: () => import('../pages/health.tsx'),
  },
  {
    paths: ['/settings'],
    title: 'settings.title',
    group: 'system',
    key: ',',
    needs: undefined,
    load: () => import('../pages/settings.tsx'),
  },
];

export const mayOpen = ({ needs }: PageEntry, role: string): boolean =>
  needs === undefined || isAllowed(role as Role, needs);
