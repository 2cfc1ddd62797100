import { homedir } from 'node:os';
import { join } from 'node:path';

/** A data folder in the cache, so that the full district is made once and not at every start. */
export function keptData(name: string): string {
  const cache = process.env['FUXUE_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'fuxue');
  return join(cache, 'demo', name);
}
