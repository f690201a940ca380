import { join } from 'node:path';
import { injectable } from './mutating-calls.js';
import type { PreparedDisk } from './prepared-disk.js';
import type { Scenario } from './scenario.js';
import { sample } from './seeded-sample.js';
import { tracedRun } from './traced-run.js';

export const ERRORS = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS'] as const;

export interface ErrnoFigures {
  readonly points: number;
  readonly checked: number;
  /** What a run said, with how many runs said it. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/**
 * Lets each mutating call of a scenario's command fail once. The command says IO, or OK where the call did not matter; either way
 * the disk holds the old or the new, and the command finishes when it is run again.
 */
export async function failCalls(
  { scenario, image: prepared, copies }: PreparedDisk,
  most: number,
): Promise<ErrnoFigures> {
  const file = join(copies(), 'run.img');
  const onCopy = <T>(work: (folder: string) => Promise<T>) => {
    const image = prepared.copy(file);
    return image.with(() => work(image.folder));
  };
  const { calls } = await onCopy((folder) => tracedRun(scenario.command(folder), { folder }));
  const points = injectable(calls).flatMap((call) => ERRORS.map((error) => ({ ...call, error })));
  const chosen = sample(points, most, ({ name, ordinal, error }) => `${name} ${ordinal} ${error}`);
  const outcomes: Record<string, number> = {};
  const wrong: string[] = [];
  for (const { name, ordinal, error } of chosen) {
    const problem = await onCopy(async (folder) => {
      const end = await tracedRun(scenario.command(folder), {
        folder,
        inject: `${name}:error=${error}:when=${ordinal}`,
      });
      const outcome = String(end.answer.outcome ?? `exit ${end.exit}`);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (outcome !== 'IO' && outcome !== 'OK') return `said ${outcome}: ${end.answer.message ?? end.stderr}`;
      return problemOf(scenario, folder, outcome === 'OK' && (scenario.promises?.(end.answer) ?? true));
    });
    if (problem !== undefined) wrong.push(`${name} ${ordinal} ${error}: ${problem}`);
  }
  return { points: points.length, checked: chosen.length, outcomes, wrong };
}

async function problemOf(scenario: Scenario, folder: string, acknowledged: boolean): Promise<string | undefined> {
  try {
    await scenario.check(folder, acknowledged);
    await scenario.finish(folder);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
