/** How the codec asks for classes; the engine answers with references/. */
import type { ClassDescriptor } from "../references/descriptor.js";

export type { ClassDescriptor };

// biome-ignore lint/complexity/noBannedTypes: any class at all, whatever its constructor takes
export type AnyClass = Function;

/** Finds where a class is exported; undefined where it cannot be found. May throw an error that says why. */
export type DescribeClass = (cls: AnyClass) => ClassDescriptor | undefined;

/**
 * Finds a class again, at once where its module is loaded. Undefined, thrown or rejected: there is no such class here.
 * An error whose class is not found is restored as the nearest class that is.
 *
 * @param needed  false: import nothing for it, since the value can do without its class
 */
export type LoadClass = (
  descriptor: ClassDescriptor,
  needed?: boolean,
) => AnyClass | undefined | Promise<AnyClass | undefined>;

/** Both directions in one object. */
export interface CodecHost {
  describeClass: DescribeClass;
  loadClass: LoadClass;
}
