/** Milliseconds since 1970 (UTC). `startedAt` is read when a template asks for the time, so a getter can take note. */
export interface ModuleClock {
  readonly startedAt: number;
  now(): number;
}
