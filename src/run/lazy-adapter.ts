import type { Adapter, Session } from '../adapter/adapter.ts';
import type { AdapterFacts } from '../adapter/facts.ts';

/**
 * A warehouse that is opened when a session first has something to say: what only renders templates loads no driver
 * and opens no file. An opening that failed is not tried again: every session that needs it gets the same failure.
 */
export function lazyAdapter(facts: AdapterFacts, open: () => Promise<Adapter>): Adapter {
  let opened: Promise<Adapter> | null = null;
  return {
    facts,
    get recipes(): never {
      throw new Error('a warehouse that is opened when it is asked builds nothing');
    },
    openSession: async (label) =>
      lazySession(label, async () => {
        opened ??= open();
        return (await opened).openSession(label);
      }),
    close: async () => {
      // A failed opening was told by whoever asked for it.
      const adapter = await opened?.catch(() => null);
      await adapter?.close();
    },
  };
}

function lazySession(label: string, open: () => Promise<Session>): Session {
  let opening: Promise<Session> | null = null;
  let session: Session | null = null;
  const opened = (): Promise<Session> => {
    opening ??= open().then((made) => {
      session = made;
      return made;
    });
    return opening;
  };
  return {
    label,
    get inTransaction() {
      return session?.inTransaction ?? false;
    },
    execute: async (sql, options) => (await opened()).execute(sql, options),
    stream: async (sql, options) => (await opened()).stream(sql, options),
    begin: async () => (await opened()).begin(),
    commit: async () => (await opened()).commit(),
    rollback: async () => (await opened()).rollback(),
    attempt: async (work, options) => (await opened()).attempt(work, options),
    lockHolders: async (name) => (await opened()).lockHolders(name),
    hasFunction: async (name) => (await opened()).hasFunction(name),
    functionInTheWay: async (name, types, failure) => (await opened()).functionInTheWay(name, types, failure),
    dependents: async (name) => (await opened()).dependents(name),
    listRelations: async (schema) => (await opened()).listRelations(schema),
    listSchemas: async (database) => (await opened()).listSchemas(database),
    findRelation: async (name) => (await opened()).findRelation(name),
    columnsOf: async (name) => (await opened()).columnsOf(name),
    describeQuery: async (sql) => (await opened()).describeQuery(sql),
    hasQuery: async (name, sql) => (await opened()).hasQuery(name, sql),
    loadRows: async (target, source, options) => (await opened()).loadRows(target, source, options),
    fence: async (target, options) => (await opened()).fence(target, options),
    release: async () => {
      const made = await opening?.catch(() => null);
      await made?.release();
    },
  };
}
