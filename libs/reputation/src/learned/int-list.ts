/** A growing list of 32-bit numbers, at half the memory of an array and without its copies when it is done. */
export class IntList {
  #items = new Int32Array(1_024);
  length = 0;

  push(item: number): void {
    if (this.length === this.#items.length) {
      const grown = new Int32Array(2 * this.length);
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[this.length++] = item;
  }

  /** A copy of just the right size. */
  toArray(): Int32Array {
    return this.#items.slice(0, this.length);
  }
}
