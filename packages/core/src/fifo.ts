/** A queue with O(1) at both ends that keeps nothing it has given away. */
interface Link<T> {
  readonly value: T;
  next: Link<T> | undefined;
}

export class Fifo<T> {
  size = 0;
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;

  push(value: T): void {
    const link: Link<T> = { value, next: undefined };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    this.size++;
  }

  shift(): T | undefined {
    const link = this.#first;
    if (!link) return undefined;
    this.#first = link.next;
    if (!this.#first) this.#last = undefined;
    this.size--;
    return link.value;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.size = 0;
  }
}
