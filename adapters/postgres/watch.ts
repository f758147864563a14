import type { ConnectOptions } from '../../src/adapter/adapter.ts';
import { askAside } from './aside.ts';

/** How often the server is looked at where the profile does not say. */
const usualMs = 60_000;

/** Looks in a row that must find the server without work before what is waited for is given up. */
const looks = 2;

/**
 * Watches over a statement whose answer may never come, because the network has forgotten the connection and tells
 * nobody: every `keepalives_idle` seconds the server is asked aside whether it still works on it, and `lost` is
 * called where it does not. The returned function ends the watch.
 */
export function watchStatement(options: ConnectOptions, backend: number, lost: () => void): () => void {
  const seconds = Number(options.credentials.fields['keepalives_idle'] ?? 0);
  let idle = 0;
  let ended = false;
  let timer: NodeJS.Timeout;
  const next = (): void => {
    timer = setTimeout(() => void look(), seconds > 0 ? seconds * 1000 : usualMs);
  };
  const look = async (): Promise<void> => {
    idle = (await isWorking(options, backend)) ? 0 : idle + 1;
    if (ended) return;
    if (idle === looks) lost();
    else next();
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** True, too, where the server cannot be asked, or does not say what its processes do. */
async function isWorking(options: ConnectOptions, backend: number): Promise<boolean> {
  const sql = `select state from pg_catalog.pg_stat_activity where pid = ${backend}`;
  const rows = await askAside(options, 'watch', sql).catch(() => null);
  if (rows === null) return true;
  const [row] = rows;
  return row !== undefined && !/^idle/.test(row[0] ?? '');
}
