import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One message of the protocol, as a server sends it. */
export function message(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)),
  );
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** A server's greeting to whoever it lets in without a password. */
export const welcome = (version: string): Buffer =>
  Buffer.concat([
    message('R', int32(0)),
    message('S', 'server_version', version),
    message('S', 'client_encoding', 'UTF8'),
    message('K', int32(1), int32(1)),
    message('Z', Buffer.from('I')),
  ]);

/** A refusal before anybody is let in. */
export const refusal = (code: string, text: string): Buffer =>
  message('E', 'SFATAL', 'VFATAL', `C${code}`, `M${text}`, Buffer.from([0]));

export interface Wire {
  /** Keys of an output that leads here, without TLS. */
  readonly output: Readonly<Record<string, unknown>>;
  /** Connections so far. */
  count(): number;
}

/** Listens on a port of its own until the end of the test; `serve` is given every connection. */
export function listen(serve: (socket: Socket) => void): Promise<Wire> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      const output = { host: '127.0.0.1', port, sslmode: 'disable', retries: 0 };
      resolve({ output, count: () => connections });
    });
  });
}

/** Answers the first thing that is said to it, and no more. */
export const answering =
  (answer: Buffer | string) =>
  (socket: Socket): void => {
    socket.once('data', () => socket.write(answer));
  };
