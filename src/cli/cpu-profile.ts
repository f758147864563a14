import { writeFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { dirname } from 'node:path';
import { makeFolder } from '../core/make-folder.ts';

/**
 * Records where this thread spends its time until the returned function is called, which writes a `.cpuprofile` (JSON
 * that the developer tools of browsers and editors open). Throws what writing throws.
 */
export function startCpuProfile(path: string): () => void {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  return () => {
    let profile: Profiler.Profile | null = null;
    // The inspector of the own thread answers before `post` returns. What its callback throws would be lost.
    session.post('Profiler.stop', (_, stopped) => {
      profile = stopped?.profile ?? null;
    });
    session.disconnect();
    makeFolder(dirname(path));
    writeFileSync(path, JSON.stringify(profile));
  };
}
