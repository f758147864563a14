import { WarehouseError } from '../../src/adapter/failure.ts';
import { type Fields, rules } from './connection-rules.ts';
import { driverError, failureOf } from './failures.ts';

/** A way of connecting that was tried before. */
export interface Tried {
  readonly over: 'with TLS' | 'without TLS';
  readonly error: unknown;
}

/**
 * Translates a failure to connect, or to prepare a connection; hints name the profile's keys. What another way of
 * connecting failed with is told, too.
 */
export function connectionFailure(
  thrown: unknown,
  fields: Fields,
  tried: Tried | null = null,
): WarehouseError {
  if (thrown instanceof WarehouseError && thrown.failure.kind === 'cancelled') return thrown;
  const error = driverError(thrown);
  const translated = thrown instanceof WarehouseError ? thrown.failure : failureOf(error, null);
  const rule = rules.find(
    ({ code, words }) => (code?.test(error.code ?? '') ?? true) && (words?.test(error.message) ?? true),
  );
  const before = tried === null ? '' : `${tried.over}: ${driverError(tried.error).message}`;
  // That a server offers no TLS is no news where TLS was only preferred.
  const details = [translated.detail, /does not support SSL/.test(before) ? '' : before];
  const failure = {
    ...translated,
    kind: rule?.kind ?? translated.kind,
    message: rule?.message?.(fields) ?? translated.message,
    detail: details.filter(Boolean).join('\n') || null,
    hint: rule?.hint(fields) ?? translated.hint,
  };
  return new WarehouseError(failure, null, thrown);
}
