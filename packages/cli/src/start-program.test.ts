import { describe, expect, it } from 'vitest';
import { programEnvironment, startProgram } from './start-program.js';

const release = { path: '/slots/a', name: 'acme/pilot@1.0.0', digest: 'ab' };

describe('programEnvironment', () => {
  it('holds the release and our home, nothing else of ours in any spelling', () => {
    const given = {
      PATH: '/bin',
      WEIGHBRIDGES: 'another',
      WEIGHBRIDGE_HOME: '/home',
      WEIGHBRIDGE_REDIS_URL: 'secret',
      WEIGHBRIDGE_MODEL_DIR: '/elsewhere',
      weighbridge_home: 'x',
    };
    expect(programEnvironment(given, release)).toEqual({
      PATH: '/bin',
      WEIGHBRIDGES: 'another',
      WEIGHBRIDGE_HOME: '/home',
      WEIGHBRIDGE_MODEL_DIR: '/slots/a',
      WEIGHBRIDGE_RELEASE: 'acme/pilot@1.0.0',
      WEIGHBRIDGE_RELEASE_DIGEST: 'ab',
    });
  });
});

describe('startProgram', () => {
  const run = (script: string) => startProgram([process.execPath, '-e', script], process.env);

  it('ends as the program does', async () => {
    expect(await run('process.exit(7)')).toBe(7);
    expect(await run('process.kill(process.pid, "SIGKILL")')).toBe(137);
  });

  it('hands signals over, and listens no more afterwards', async () => {
    const before = process.listenerCount('SIGUSR2');
    const running = run(
      'process.on("SIGUSR2", () => process.exit(9)); process.kill(process.ppid, "SIGUSR2"); setTimeout(() => {}, 20000)',
    );
    expect(await running).toBe(9);
    expect(process.listenerCount('SIGUSR2')).toBe(before);
  });

  it.each(['/nonexistent/program', '/', ''])('USAGE: %j cannot be started', async (program) => {
    await expect(startProgram([program], process.env)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
