import { open, rename, rm } from 'node:fs/promises';

/** Writes a file whole: who reads it finds the old text or the new one. */
export async function writeFileWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.sluice-new`;
  try {
    const handle = await open(aside, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, path);
  } catch (caught) {
    await rm(aside, { force: true }).catch(() => {});
    throw caught;
  }
}
