/** A command that changes a disk, and what must hold on the disk whenever the power goes. Paths are below `disk`. */
export interface Scenario {
  readonly name: string;
  readonly mebibytes: number;
  /** Fills the mounted, empty disk. */
  prepare(disk: string): Promise<void>;
  /** The words of the command, without `--json`. */
  command(disk: string): readonly string[];
  /**
   * Old or new, whole; what the command had acknowledged is there. May change the disk as a device would that boots.
   * @throws when something was lost
   */
  check(disk: string, acknowledged: boolean): Promise<void>;
  /** Whether an OK promises the new; without this member it always does. */
  promises?(answer: Readonly<Record<string, unknown>>): boolean;
  /** Runs the command again, which finishes, and requires the new. */
  finish(disk: string): Promise<void>;
}
