import { homedir } from 'node:os';
import { randomUuid } from './random-uuid.ts';
import type { World } from './world.ts';

/** The outside as this process has it: its clock, its variables, its folder. */
export function processWorld(): World {
  return {
    startedAt: Date.now(),
    now: () => Date.now(),
    // performance.now() says the same, and loads a module of Node's for it.
    elapsed: () => process.uptime() * 1000,
    uuid: randomUuid,
    random: () => Math.random(),
    env: environment(process.env),
    workingDirectory: process.cwd(),
    home: homedir(),
  };
}

/** Variables that are set. */
export function environment(
  variables: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
