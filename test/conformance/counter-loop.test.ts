import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { sluice, startProgram } from '../rig.ts';
import { type CounterProject, changing, keeping, seenThrough, standing } from './counter-project.ts';
import { isFull, seed } from './fault-choice.ts';
import { type FaultKind, faults, inject } from './faults.mjs';
import { succeeds } from './succeeds.ts';
import type { WarehouseProject } from './warehouse.ts';
import { type warehouses as all, warehouses } from './warehouses.ts';

/** A way from one version to the next. */
interface Way {
  readonly project: CounterProject;
  readonly changes: boolean;
  /** Nothing is there before. */
  readonly first: boolean;
  readonly fullRefresh: boolean;
}

const ways = (warehouse: (typeof all)[number]): Readonly<Record<string, Way>> => {
  const kept = { project: keeping(warehouse), changes: false };
  return {
    'a first build': { ...kept, first: true, fullRefresh: false },
    'a next build': { ...kept, first: false, fullRefresh: false },
    'a full refresh': { ...kept, first: false, fullRefresh: true },
    'a change of type': { project: changing(warehouse), changes: true, first: false, fullRefresh: false },
  };
};

const now = '2024-01-02T12:00:00Z';
const long = 7_200_000;

/** A project that goes from version to version, with what others have made of it. */
class Shop {
  readonly way: Way;
  readonly warehouse: WarehouseProject;
  version = 1;
  since = 1;

  constructor(way: Way, project: (typeof all)[number]['project']) {
    this.way = way;
    this.warehouse = project(way.project.files);
  }

  /** Stands at the version before the next. */
  async prepare(): Promise<void> {
    if (this.way.first) return;
    this.#write();
    await succeeds(this.warehouse, 'build', this.options());
    for (const name of this.way.project.names) {
      await this.warehouse.rows(`create view theirs_${name} as ${seenThrough(name)}`);
    }
    await this.warehouse.rows('create table theirs as select 1 as v');
  }

  readonly options = () => {
    return { vars: { v: this.version, root: this.warehouse.directory }, now: new Date(now), threads: 1 };
  };

  /** To the next version: its files are there, and what a first build must not find is not. */
  async next(): Promise<void> {
    this.version += 1;
    if (this.way.first) {
      await this.warehouse.clear();
      this.since = this.version;
    }
    this.#write();
  }

  /** After a broken run each relation is of either version, and a plain run makes it good. */
  async repaired(what: string): Promise<void> {
    const { version, warehouse } = this;
    const { project, first, fullRefresh } = this.way;
    const left = await standing(warehouse, project, this.since);
    for (const [name, at] of left) {
      const either = first ? [version] : [version - 1, version];
      expect(either, `${what}: ${name} is of version ${at}`).toContain(at);
    }
    // The batches after the first, of which each takes effect by itself, are gone where the first makes the table anew.
    const absent = this.#places().filter((place) => !left.has(place));
    const mayBeAbsent = first ? this.#places() : fullRefresh ? ['batched 20240102'] : [];
    expect(
      absent.filter((place) => !mayBeAbsent.includes(place)),
      what,
    ).toEqual([]);
    await this.#untouched(what);
    await succeeds(warehouse, 'build', this.options());
    const repaired = await standing(warehouse, project, this.since);
    expect([...repaired].sort(), what).toEqual(
      this.#places()
        .map((place) => [place, version])
        .sort(),
    );
    expect(await warehouse.relations(), what).toEqual(
      [...project.relations(version), ...this.#theirs(), 'log table'].sort(),
    );
    expect(
      readdirSync(warehouse.directory).filter((name) => name.includes('.sluice_')),
      what,
    ).toEqual([]);
    await this.#untouched(what);
    // The next run of this snapshot has a column to add again.
    if (project.names.includes('widened') && !first) {
      await warehouse.rows('alter table widened drop column added');
    }
  }

  #write(): void {
    this.warehouse.write(this.way.project.at(this.version));
  }

  #places(): readonly string[] {
    const names = this.way.project.names.filter((name) => name !== 'batched');
    if (names.length === this.way.project.names.length) return names;
    return [...names, 'batched 20240101', 'batched 20240102'];
  }

  #theirs(): readonly string[] {
    if (this.way.first) return [];
    return [...this.way.project.names.map((name) => `theirs_${name} view`), 'theirs table'];
  }

  /** What others have made is there, and gives what it gave. */
  async #untouched(what: string): Promise<void> {
    if (this.way.first) return;
    const relations = await this.warehouse.relations();
    expect(relations, what).toEqual(expect.arrayContaining([...this.#theirs()]));
    const counts = this.way.project.names.map(
      (name) => `select '${name}', (select count(*) from theirs_${name}), (select count(*) from ${name})`,
    );
    for (const [name, seen, there] of await this.warehouse.rows(counts.join(' union all '))) {
      expect([what, name, seen]).toEqual([what, name, there]);
    }
  }
}

/** Breaks the statement of that number before the first node begins, or in each node that has as many. */
function breaking(kind: FaultKind, at: number, place: 'before' | 'within'): (event: Event) => void {
  inject(kind, place === 'before' ? at : Number.MAX_SAFE_INTEGER);
  return (event) => {
    if (event.name !== 'node-started') return;
    Object.assign(faults, { seen: 0, at: place === 'before' ? 0 : at });
  };
}

/** So many statements are sent before the first node begins, more or less. */
const statementsBefore = 8;

/** Kills a run at its statement of that number, or at that of each node; gives how many it was working on. */
async function killedAt(
  { way, warehouse, options }: Shop,
  kind: FaultKind,
  at: number,
  place: 'before' | 'within',
): Promise<number> {
  const threads = place === 'before' ? '1' : '40';
  const argv = ['build', '--threads', threads, '--vars', JSON.stringify(options().vars)];
  const running = startProgram(warehouse, way.fullRefresh ? [...argv, '--full-refresh'] : argv, {
    NODE_OPTIONS: `--import ${resolve(import.meta.dirname, 'faults.mjs')}`,
    FAULT_AT: String(at),
    FAULT_KIND: kind,
    SLUICE_NOW: now,
    ...(place === 'within' ? { FAULT_EACH: '1' } : {}),
  });
  const { signal, code, out, err } = await running.ended;
  if (signal === null) {
    expect([code, out]).toEqual([0, out]);
    return 0;
  }
  expect([at, signal]).toEqual([at, 'SIGKILL']);
  return Number(/stopped (\d+)/.exec(err)?.[1] ?? 1);
}

/** Which kinds of fault a statement of that number meets. */
function chosen(kinds: readonly FaultKind[], at: number, share: number): readonly FaultKind[] {
  if (isFull) return kinds;
  return (at + seed) % share === 0 ? [kinds[((at + seed) / share) % kinds.length]!] : [];
}

const cases = warehouses.flatMap((warehouse) =>
  Object.entries(ways(warehouse)).map(([name, way]) => ({ ...warehouse, way, what: name })),
);

interface Breaks {
  readonly kinds: readonly FaultKind[];
  /** One in so many is broken, where not all are: of a whole run's, which are few, one in half as many. */
  readonly share: number;
  /** How many statements come before a node's; where it is not given, the loop ends where nothing was broken. */
  readonly statementsBefore?: number;
  /** Builds, with that statement broken; gives how often it was. */
  readonly build: (kind: FaultKind, at: number, place: 'before' | 'within') => Promise<number>;
}

/** Breaks one statement after the other, and has a plain run repair each time; gives how many were. */
async function breakEach(shop: Shop, breaks: Breaks): Promise<Readonly<Record<string, number>>> {
  const broken: Record<string, number> = {};
  for (const place of ['before', 'within'] as const) {
    // A type changes to and fro, and each direction has statements of its own.
    const directions = shop.way.changes && place === 'within' ? 2 : 1;
    const share = place === 'before' ? breaks.share / 2 : breaks.share;
    for (let at = 1, last = false; !last; at += 1) {
      for (const kind of chosen(breaks.kinds, at, share)) {
        let fired = 0;
        for (let direction = 0; direction < directions; direction += 1) {
          await shop.next();
          fired += await breaks.build(kind, at, place);
          await shop.repaired(`${kind} at ${at} ${place}`);
        }
        broken[kind] = (broken[kind] ?? 0) + fired;
        last ||= fired === 0;
      }
      last ||= place === 'before' && at === breaks.statementsBefore;
    }
  }
  return broken;
}

describe.each(cases)('$name: $what', ({ project, lacks, way, what }) => {
  test(
    'whichever statement is broken, readers see the old or the new, and a plain run repairs',
    async () => {
      const shop = new Shop(way, project);
      await shop.prepare();
      const kinds: readonly FaultKind[] =
        lacks.processes === undefined ? ['fails', 'cut', 'lost'] : ['fails'];
      const build: Breaks['build'] = async (kind, at, place) => {
        const { fullRefresh } = way;
        const onEvent = breaking(kind, at, place);
        try {
          await sluice(shop.warehouse, 'build', { ...shop.options(), fullRefresh, onEvent });
          return faults.fired;
        } finally {
          inject(kind, 0);
        }
      };
      const broken = await breakEach(shop, { kinds, share: 8, build });
      console.log(`${what}: broke ${JSON.stringify(broken)}, seed ${seed}`);
    },
    long,
  );

  test(
    'whenever the process is killed, readers see the old or the new, and a plain run repairs',
    async () => {
      const shop = new Shop(way, project);
      await shop.prepare();
      const broken = await breakEach(shop, {
        kinds: ['killed', 'killed-after'],
        share: 12,
        statementsBefore,
        build: (kind, at, place) => killedAt(shop, kind, at, place),
      });
      console.log(`${what}: broke ${JSON.stringify(broken)}, seed ${seed}`);
    },
    long,
  );
});
