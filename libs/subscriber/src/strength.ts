import type { IdentifierType, Strength } from './vocabulary.js';

/** A building holds many households: it adds nothing to a match of another kind and is none by itself. */
const COUNTS_FOR_NOTHING: ReadonlySet<IdentifierType> = new Set(['building']);

/**
 * How much a match with one termination says, by how many kinds of identifiers are the same. Two kinds are strong: a
 * number is handed on, a name is shared or lent, an address has a next tenant, but not all at once. One kind is never
 * strong. It is a hint for a person, whatever it says.
 */
export function strengthOf(matched: readonly IdentifierType[]): Strength {
  const kinds = new Set(matched.filter((type) => !COUNTS_FOR_NOTHING.has(type)));
  if (kinds.size >= 2) return 'strong';
  return kinds.size === 1 ? 'possible' : 'none';
}
