export interface JobHistory {
  /** Jobs whose order was acknowledged. */
  readonly acknowledged: number;
  readonly starts: number;
  /** Acknowledged and never seen to end. */
  readonly lost: readonly string[];
  /** Ended in two ways, or started after they were seen to have ended. */
  readonly double: readonly string[];
}

/** Judges what processes noted of the jobs of one queue, in order: lines of `added ID`, `started ID` and `ended ID STATE`. */
export function judgeHistory(notes: string): JobHistory {
  const [acknowledged, double] = [new Set<string>(), new Set<string>()];
  const ends = new Map<string, string>();
  let starts = 0;
  for (const [event, id, state] of notes.split('\n').map((line) => line.split(' '))) {
    if (event === 'added') acknowledged.add(id!);
    if (event === 'started') starts += 1;
    if (event === 'started' && ends.has(id!)) double.add(id!);
    if (event === 'ended' && (ends.get(id!) ?? state) !== state) double.add(id!);
    if (event === 'ended') ends.set(id!, state!);
  }
  const lost = [...acknowledged].filter((id) => !ends.has(id));
  return { acknowledged: acknowledged.size, starts, lost, double: [...double] };
}
