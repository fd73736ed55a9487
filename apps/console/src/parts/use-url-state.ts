import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';

type Words = Readonly<Record<string, string>>;

/**
 * Filters that live in the address, so that a link to the list is a link to what is seen. What equals its default is left
 * out. Changes replace the entry in the history: the back button leaves the page, not the last letter typed.
 */
export function useUrlState<State extends Words>(defaults: State): [State, (change: Partial<State>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const state = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(defaults).map(([name, value]) => [name, parameters.get(name) ?? value]),
      ) as State,
    [defaults, parameters],
  );
  const change = useCallback(
    (next: Partial<State>) => {
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries<string | undefined>(next)) {
            if (value === undefined || value === defaults[name]) after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace: true },
      );
    },
    [defaults, setParameters],
  );
  return [state, change];
}
