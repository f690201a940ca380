/** A plan as `delta plan` tells it; all sizes are in bytes. */
export interface PlottedPlan {
  /** What is on the device; null for a full package. */
  readonly base: string | null;
  readonly target: string;
  /** Of the whole package, its table included. */
  readonly totalBytes: number;
  readonly budgetBytes: number | null;
  readonly fits: boolean;
  readonly files: readonly PlottedFile[];
}

export interface PlottedFile {
  readonly path: string;
  /** In the package, with all of its tensors. */
  readonly bytes: number;
  readonly tensors: readonly PlottedTensor[];
}

export interface PlottedTensor {
  readonly name: string;
  /** The operation that makes it. */
  readonly op: string;
  /** In the package. */
  readonly bytes: number;
  /** In the file of the target. */
  readonly sizeBytes: number;
  /** Share of its values that differ from the base, 0 to 1. */
  readonly changed: number;
}

/** A part of the picture, drawn from its own top left corner. */
export interface PlotPart {
  readonly height: number;
  readonly markup: string;
}

/** In units of the picture, margins included. */
export const PLOT_WIDTH = 960;
