/**
 * The serialization protocol: how an instance of a class crosses to a worker and back as itself.
 *
 *     class Point {
 *       constructor(readonly x: number, readonly y: number) {}
 *       [serialize]() { return [this.x, this.y]; }
 *       static [deserialize]([x, y]: [number, number]) { return new Point(x, y); }
 *     }
 *
 * `[serialize]()` gives the state, which may hold plain data and other such instances; `static [deserialize](state)`
 * makes the instance of it on the other side. The class is found there as functions are: it has to be exported, or be
 * known to the module by its name. Plain data follows the structured clone algorithm and needs none of this.
 *
 * The symbols are registered ones, so that a class works with every copy of this package.
 */

/** The name of the method that gives an instance's state. */
export const serialize: unique symbol = Symbol.for("concurrent-futures.serialize") as never;

/** The name of the static method that makes an instance of a state. */
export const deserialize: unique symbol = Symbol.for("concurrent-futures.deserialize") as never;

/** An instance that says how it crosses. */
export interface Serializable<State = unknown> {
  [serialize](): State;
}

/** Its class. */
export interface SerializableClass<State = unknown, T extends Serializable<State> = Serializable<State>> {
  [deserialize](state: State): T;
}
