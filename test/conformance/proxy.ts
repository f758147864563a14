import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { serverOutput } from '../postgres.ts';
import type { ServerAddress } from '../postgres-server.ts';
import type { WarehouseProject } from './warehouse.ts';

/**
 * What is to happen to a request, once:
 *
 * - `cut`: both sides lose the connection, and the server never hears of the request
 * - `lost`: the server does it, and the connection is gone before its answer comes
 * - `reset`: as `cut`, without a farewell
 * - `half-closed`: the client is told that nothing more comes, while the server is left waiting
 * - `stalled`: nothing goes through any more, and nobody is told
 * - `stalled-after`: the server does it, and nothing goes through any more
 * - `dripping`: the answer, and all after it, comes a byte at a time
 */
export type Trouble = 'cut' | 'lost' | 'reset' | 'half-closed' | 'stalled' | 'stalled-after' | 'dripping';

export interface Request {
  /** The statements that it carries; empty for what is no statement. */
  readonly sql: string;
  /** The rows of a COPY. */
  readonly isCopyData: boolean;
}

export interface WireProxy {
  /** Keys of an output that leads through it. */
  readonly output: Readonly<Record<string, unknown>>;
  /** Connections that were made. */
  readonly connections: number;
  /** Requests that `choose` was shown. */
  readonly requests: readonly string[];
  /** Has every request from now on judged before it goes through. */
  choose(choose: (request: Request) => Trouble | null): void;
  /** What connections that are made from now on are answered instead of being led on. */
  refuse(answer: Buffer): void;
}

/** Stands between a program and the server until the end of the test. */
export async function startProxy(server: ServerAddress): Promise<WireProxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let choose: (request: Request) => Trouble | null = () => null;
  let connections = 0;
  let refused: Buffer | null = null;
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    connections += 1;
    if (refused !== null) {
      client.once('data', () => client.end(refused as Buffer));
      client.on('error', () => undefined);
      return;
    }
    const upstream = connect({ port: server.port, host: server.host, allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    pass(client, upstream, (request) => {
      requests.push(request.sql);
      return choose(request);
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  const { port } = listener.address() as { readonly port: number };
  return {
    output: { host: '127.0.0.1', port, sslmode: 'disable' },
    get connections() {
      return connections;
    },
    requests,
    choose: (chooser) => {
      choose = chooser;
    },
    refuse: (answer) => {
      refused = answer;
    },
  };
}

function pass(client: Socket, upstream: Socket, judge: (request: Request) => Trouble | null): void {
  let trouble: Trouble | null = null;
  const meet = (found: Trouble): void => {
    trouble = found;
    if (found === 'cut') for (const socket of [client, upstream]) socket.destroy();
    if (found === 'reset') for (const socket of [client, upstream]) socket.resetAndDestroy();
    if (found === 'half-closed') client.end();
  };
  const goesThrough = (): boolean => trouble === null || trouble === 'dripping';
  const split = requestSplitter((request, bytes) => {
    if (!goesThrough()) return;
    const found = judge(request);
    if (found === 'lost' || found === 'stalled-after' || found === 'dripping') upstream.write(bytes);
    if (found !== null) meet(found);
    else upstream.write(bytes);
  });
  client.on('data', split);
  let drip: Promise<void> = Promise.resolve();
  upstream.on('data', (chunk: Buffer) => {
    if (trouble === 'lost' && isReady(chunk)) meet('cut');
    if (trouble === 'dripping') drip = drip.then(() => dripped(client, chunk));
    else if (goesThrough()) client.write(chunk);
  });
  client.on('end', () => upstream.end());
  upstream.on('end', () => goesThrough() && client.end());
  client.on('close', () => trouble === 'half-closed' || upstream.destroy());
  upstream.on('close', () => goesThrough() && client.destroy());
}

async function dripped(client: Socket, chunk: Buffer): Promise<void> {
  for (const byte of chunk) {
    if (client.destroyed) return;
    client.write(Buffer.from([byte]));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The server's last word on a request. */
const isReady = (chunk: Buffer): boolean => chunk.length >= 6 && chunk.at(-6) === 'Z'.charCodeAt(0);

/** Cuts what a client sends into requests: the first message, and then all up to a sync, or rows of a COPY. */
function requestSplitter(take: (request: Request, bytes: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let begun = false;
  let gathered: Buffer[] = [];
  let sql: string[] = [];
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = begun ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = rest.readInt32BE(head) + head;
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      const type = begun ? String.fromCharCode(message[0]!) : '';
      begun = true;
      gathered.push(message);
      if (type === 'P') sql.push(message.toString('utf8', 6, message.indexOf(0, 6)));
      if (type === 'Q') sql.push(message.toString('utf8', 5, message.length - 1));
      if ('PBDE'.includes(type) && type !== '') continue;
      take({ sql: sql.join('\n'), isCopyData: type === 'd' }, Buffer.concat(gathered));
      gathered = [];
      sql = [];
    }
  };
}

/** Has a project's runs go through the proxy; the test's own clients do not. */
export function lead(
  shop: WarehouseProject,
  proxy: WireProxy,
  changes: Readonly<Record<string, unknown>> = {},
): void {
  const dev = serverOutput({ schema: shop.schema, threads: 1, ...proxy.output, ...changes });
  shop.write({ 'profiles.yml': JSON.stringify({ shop: { target: 'dev', outputs: { dev } } }) });
}

/** Trouble for the request of a number among those that match, counted from 1. */
export function troubleAt(
  trouble: Trouble,
  at: number,
  matches: (request: Request) => boolean,
): { readonly choose: (request: Request) => Trouble | null; readonly seen: () => number } {
  let seen = 0;
  const choose = (request: Request): Trouble | null => {
    if (!matches(request)) return null;
    seen += 1;
    return seen === at ? trouble : null;
  };
  return { choose, seen: () => seen };
}
