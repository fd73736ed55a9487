import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { isAllowed, type Operation } from '@sekisho/access';
import { createTestDatabase } from '@sekisho/testing';
import { inject } from 'vitest';
import { OPERATION } from '../../apps/hub/src/access/allow.decorator.js';
import { startHubInProcess, type HubInProcess } from './hub-in-process.js';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  /** As the controller declares it. */
  readonly path: string;
  /** Whether the guard lets somebody through who has shown nothing. */
  readonly isOpen: boolean;
}

/** All routes of controllers. */
export function routesOf({ app }: HubInProcess): Route[] {
  const routes = new Map<string, Route>();
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const prototype: unknown = typeof metatype === 'function' ? metatype.prototype : undefined;
      if (typeof prototype !== 'object' || prototype === null) continue;
      const base: unknown = Reflect.getMetadata(PATH_METADATA, metatype as object);
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const value: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
        if (typeof value !== 'function') continue;
        const verb = Reflect.getMetadata(METHOD_METADATA, value) as RequestMethod | undefined;
        if (verb === undefined) continue;
        const operation = (Reflect.getMetadata(OPERATION, value) ??
          Reflect.getMetadata(OPERATION, metatype as object)) as Operation;
        const paths: unknown = Reflect.getMetadata(PATH_METADATA, value);
        for (const path of [paths].flat()) {
          const whole = `/${[base, path].map(String).join('/')}`
            .replace(/\/{2,}/g, '/')
            .replace(/(?<=.)\/$/, '');
          const method = RequestMethod[verb] as Route['method'];
          routes.set(`${method} ${whole}`, {
            method,
            path: whole,
            isOpen: isAllowed('anonymous', operation),
          });
        }
      }
    }
  }
  return [...routes.values()];
}

/** The paths of all GET routes of the hub, as their controllers declare them. */
export async function everyGetRoute(): Promise<string[]> {
  await using copy = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using hub = await startHubInProcess(copy.url);
  return routesOf(hub)
    .filter(({ method }) => method === 'GET')
    .map(({ path }) => path);
}
