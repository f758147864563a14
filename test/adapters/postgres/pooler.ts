import type { Socket } from 'node:net';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { listen, type Wire, welcome } from './wire.ts';

/** A pooler in transaction mode: each client has two connections of the server, and each transaction takes the next. */
export function startPooler(): Promise<Wire> {
  return listen((client) => {
    client.once('data', () => void serve(client));
  });
}

async function serve(client: Socket): Promise<void> {
  const servers = await Promise.all([openStream(), openStream()]);
  let turn = 0;
  const send = messageReader((type, bytes) => {
    servers[turn]!.write(bytes);
    if (type === 'X') client.destroy();
  });
  for (const server of servers) {
    const answer = messageReader((type, bytes) => {
      client.write(bytes);
      const idle = type === 'Z' && bytes.at(-1) === 'I'.charCodeAt(0);
      if (idle) turn = (turn + 1) % servers.length;
    });
    server.on('data', answer);
  }
  client.on('data', send);
  client.write(welcome('18.0'));
}

/** A connection of the test's server after its greeting, as bytes. */
async function openStream(): Promise<Socket> {
  const { host, port, user, password, dbname } = inject('postgres');
  const client = new pg.Client({ host, port, user, password, database: dbname });
  await client.connect();
  const stream = client.connection.stream as Socket;
  stream.removeAllListeners();
  stream.on('error', () => undefined);
  onTestFinished(() => void stream.destroy());
  return stream;
}

/** Cuts a stream of bytes into messages. */
function messageReader(take: (type: string, bytes: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const length = rest.readInt32BE(1) + 1;
      if (rest.length < length) return;
      take(String.fromCharCode(rest[0]!), rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}
