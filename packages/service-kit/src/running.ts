/** A service that was started and can be asked to end. */
export interface Running {
  /** Takes nothing new, lets what runs end within the time, and returns when all is over. */
  close(graceMs: number): Promise<void>;
}

/** Ends several, all at the same time; a failure of one keeps no other open and is thrown at the end. */
export function together(parts: readonly Running[]): Running {
  return {
    async close(graceMs) {
      const ended = await Promise.allSettled(parts.map((part) => part.close(graceMs)));
      const failure = ended.find((end) => end.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    },
  };
}
