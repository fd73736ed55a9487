/** Injection tokens of what main.ts makes before there is a container. */
export const CONFIG = Symbol('config');
export const LOGGER = Symbol('logger');
