/**
 * What travels instead of a function or a class: how the worker finds it.
 *
 * Descriptors are plain data. Two functions with equal descriptors are the same task.
 */

/** Where the text of a travelling function stands in its file, so that a worker's stack names the real place. */
export interface SourceOrigin {
  /** The file's URL, or a made-up name for code that has no file. */
  readonly url: string;
  /** Line of the first character of the descriptor's `source`, counted from 0. */
  readonly line: number;
  /** Column of that character, counted from 0. */
  readonly column: number;
}

/** How a worker gets at a task's function. */
export type TaskDescriptor =
  /** An export of a module; `name` is a path such as `parse`, `default` or `Tools.parse`. */
  | { readonly kind: "module"; readonly url: string; readonly name: string }
  /** A function's source: the body of a function that takes `captures` as parameters and returns the task. */
  | {
      readonly kind: "source";
      readonly source: string;
      /** What errors call the function: its name and place. */
      readonly label: string;
      readonly captures?: Readonly<Record<string, unknown>>;
      readonly origin?: SourceOrigin;
    }
  /** `map`'s task over many items. */
  | { readonly kind: "chunk"; readonly task: TaskDescriptor };

/** How the other side gets at a class: an export of a module. */
export interface ClassDescriptor {
  readonly url: string;
  readonly name: string;
}
