import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import { createTestDatabase } from '@sekisho/testing';
import { inject } from 'vitest';
import { startHubInProcess } from './hub-in-process.js';

/** The paths of all GET routes of the hub, as their controllers declare them. */
export async function everyGetRoute(): Promise<string[]> {
  await using copy = await createTestDatabase(inject('databaseUrl'), {
    template: inject('templateDatabase'),
  });
  await using hub = await startHubInProcess(copy.url);
  const routes = new Set<string>();
  for (const module of hub.app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      const prototype: unknown = typeof metatype === 'function' ? metatype.prototype : undefined;
      if (typeof prototype !== 'object' || prototype === null) continue;
      const base: unknown = Reflect.getMetadata(PATH_METADATA, metatype as object);
      for (const method of Object.getOwnPropertyNames(prototype)) {
        const value: unknown = Object.getOwnPropertyDescriptor(prototype, method)?.value;
        if (typeof value !== 'function' || Reflect.getMetadata(METHOD_METADATA, value) !== RequestMethod.GET)
          continue;
        const path: unknown = Reflect.getMetadata(PATH_METADATA, value);
        routes.add(`/${[base, path].map(String).join('/')}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, ''));
      }
    }
  }
  return [...routes];
}
