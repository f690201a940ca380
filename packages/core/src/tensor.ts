/**
 * Element types, in lower case. What a format stores in blocks (GGUF's quantized types) is named `ggml:` and its name, such as
 * `ggml:q8_0`; any other type that takes no whole bytes an element, or that we do not compute with, is named as its format
 * names it, in lower case.
 */
export type Dtype =
  | 'bool'
  | 'u8'
  | 'i8'
  | 'u16'
  | 'i16'
  | 'f16'
  | 'bf16'
  | 'u32'
  | 'i32'
  | 'f32'
  | 'u64'
  | 'i64'
  | 'f64'
  | (string & {});

/** Where the values of one tensor lie in a file. Hostile like the file that says so: a reader refuses what lies outside it. */
export interface Tensor {
  /** As the file spells it; empty where the format has none. Names may repeat. */
  readonly name: string;
  readonly dtype: Dtype;
  /** Outermost dimension first, as the values lie in memory (C order); `[]` is a scalar. */
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** In bytes; may be 0. */
  readonly length: number;
}

/** The tensors of one file, in the order in which they lie in it. No two overlap. */
export interface TensorTable {
  /** `safetensors`, `gguf`, `onnx`, `tflite`. */
  readonly format: string;
  readonly tensors: readonly Tensor[];
}
