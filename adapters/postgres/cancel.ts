import { connect } from 'node:net';
import type pg from 'pg';

/** A cancel that comes before the server has taken the statement up is lost, so it is sent again after this long. */
const pauseMs = 250;

/** A statement that has not ended after so many cancels does not hear them: ten seconds. */
export const cancelLimit = 40;

/**
 * Cancels again and again until stopped; the returned function settles once no cancel is on its way. `cancel` is told
 * how many there were before.
 */
export function repeatCancel(cancel: (before: number) => Promise<void>): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  const loop = async (): Promise<void> => {
    for (let sent = 0; !stopped; sent += 1) {
      await cancel(sent);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return () => {
    stopped = true;
    wake();
    return running;
  };
}

/**
 * The protocol's own request, which needs no login and is heard by a server that has no connection left. It carries
 * the connection's key, so that another server behind the same address ignores it. Settles when the server has closed
 * the connection, which it does in silence; rejects where it could not be reached.
 */
export function requestCancel(client: pg.Client): Promise<void> {
  const { host, port, processID, secretKey } = client as pg.Client & {
    readonly processID: number;
    readonly secretKey: number;
  };
  const message = Buffer.alloc(16);
  message.writeInt32BE(16, 0);
  message.writeInt32BE(cancelCode, 4);
  message.writeInt32BE(processID, 8);
  message.writeInt32BE(secretKey, 12);
  return new Promise((resolve, reject) => {
    const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    socket.setTimeout(requestTimeoutMs, () => socket.destroy(new Error('the server does not answer')));
    socket.once('connect', () => socket.end(message));
    socket.once('error', reject);
    socket.once('close', () => resolve());
    socket.resume();
  });
}

/** 1234 in the upper half, where the version of the protocol would stand. */
const cancelCode = (1234 << 16) | 5678;

const requestTimeoutMs = 5000;
