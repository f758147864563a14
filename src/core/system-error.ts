/** A failure that the system gave, with its code and the call that failed. */
export function isSystemError(caught: unknown): caught is NodeJS.ErrnoException {
  return (
    caught instanceof Error &&
    typeof (caught as NodeJS.ErrnoException).code === 'string' &&
    'syscall' in caught
  );
}

/** Whether something is not there, or a part of its path is a file. */
export function isMissing(caught: unknown): boolean {
  const code = (caught as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** What the work gives; null where the system refuses something of it. For what can be done without. */
export function unlessRefused<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (caught) {
    if (isSystemError(caught)) return null;
    throw caught;
  }
}
