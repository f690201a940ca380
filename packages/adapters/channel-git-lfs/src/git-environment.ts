/** Where git is looked for: not in whatever the caller's environment says. */
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a git that we start: no settings of the user or the system, no prompts, no attributes from
 * elsewhere. Naming the repository keeps git from looking for one, and from asking who owns it.
 */
export function gitEnvironment(repository: string): Readonly<Record<string, string>> {
  return {
    PATH: SEARCH_PATH,
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_DIR: repository,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** Settings of every call, above those of the repository: no programs of others, no background work, all durable. */
export const GIT_SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.fsync=all',
  'core.fsyncMethod=fsync',
  'gc.auto=0',
  'maintenance.auto=false',
] as const;
