// A zone of domains as records that any name server can hold: a listed domain covers all below itself, so it stands
// twice, as itself and as a wildcard (RFC 4592). A name between two listed ones exists and would end the upper
// wildcard's reach: it gets both too.

export interface ExpandedDomain<T> {
  readonly name: string;
  readonly isWildcard: boolean;
  readonly value: T;
}

/** Listed names, and what each is listed with; undefined among them is a place for a pause. */
export interface NameContent<T> {
  get(name: string): T | undefined;
  [Symbol.iterator](): Iterator<readonly [string, T] | undefined>;
}

/** The names, each once, in no order, undefined where there may be a pause. `overrides` as for addresses; they concern the name itself, not what is below. */
export function* expandDomains<T>(
  names: NameContent<T>,
  overrides: ReadonlyMap<string, T | undefined>,
): Generator<ExpandedDomain<T> | undefined> {
  const between = new Map<string, T>();
  const noteBetween = (name: string) => {
    const unlisted: string[] = [];
    for (let above = parentOf(name); above !== undefined; above = parentOf(above)) {
      const value = names.get(above);
      if (value === undefined) {
        unlisted.push(above);
        continue;
      }
      for (const one of unlisted) between.set(one, value);
      return;
    }
  };
  for (const one of names) {
    if (!one) {
      yield undefined;
      continue;
    }
    const [name, value] = one;
    if (!overrides.has(name)) yield { name, isWildcard: false, value };
    yield { name, isWildcard: true, value };
    noteBetween(name);
  }
  for (const [name, value] of between) {
    if (!overrides.has(name)) yield { name, isWildcard: false, value };
    yield { name, isWildcard: true, value };
  }
  for (const [name, value] of overrides) {
    if (value !== undefined) yield { name, isWildcard: false, value };
  }
}

/** The name one label up; undefined above a single label. */
export function parentOf(name: string): string | undefined {
  const dot = name.indexOf('.');
  return dot < 0 ? undefined : name.slice(dot + 1);
}
