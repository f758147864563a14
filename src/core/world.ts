/**
 * Everything of the outside that decides results: clock, ids, chance and environment. Made once, in `src/cli` or
 * `src/index.ts`, and handed down, so that a run can be repeated and a test can choose.
 */
export interface World {
  /** The invocation's frozen time, in milliseconds since 1970 UTC: `run_started_at` and every time window. */
  readonly startedAt: number;
  /** Wall clock now, in milliseconds since 1970 UTC: time stamps of events and results only. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  elapsed(): number;
  /** A fresh UUID v4. */
  uuid(): string;
  /** In [0, 1): jitter of back-off only. */
  random(): number;
  readonly env: ReadonlyMap<string, string>;
  /** Absolute path that relative paths of the command line are resolved against. */
  readonly workingDirectory: string;
  /** The user's home folder, where `.dbt/profiles.yml` is looked for. */
  readonly home: string;
}

/**
 * A setting from the environment: `SLUICE_<NAME>`, else dbt's `DBT_ENGINE_<NAME>`, else `DBT_<NAME>`; undefined where
 * none is set. An empty variable counts as not set, as in dbt.
 */
export function variableOf(
  env: ReadonlyMap<string, string>,
  name: string,
): { readonly name: string; readonly value: string } | undefined {
  for (const prefix of ['SLUICE_', 'DBT_ENGINE_', 'DBT_']) {
    const value = env.get(`${prefix}${name}`);
    if (value !== undefined && value !== '') return { name: `${prefix}${name}`, value };
  }
  return undefined;
}
