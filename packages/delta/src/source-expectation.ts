/** delta-v1 §4.1: where the source of the next piece is expected, so that its offset is a small number. */
export class SourceExpectation {
  private file = -1;
  private end = 0;

  /** @param start the piece's own offset in its target file */
  of(file: number, start: number): number {
    return file === this.file ? this.end : start;
  }

  continued(file: number, end: number): void {
    this.file = file;
    this.end = end;
  }
}
