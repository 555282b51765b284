/** A growing list of 32-bit numbers outside the heap: 4 bytes each, nothing for the collector to walk. */
export class IntColumn {
  data = new Int32Array(1024);
  length = 0;

  /** @returns the index of the new value */
  push(value: number): number {
    if (this.length === this.data.length) this.data = grown(this.data, new Int32Array(this.length * 1.5));
    this.data[this.length] = value;
    return this.length++;
  }
}

/** The same for instants in milliseconds; NaN where there is none. */
export class TimeColumn {
  data = new Float64Array(1024);
  length = 0;

  push(value: number): number {
    if (this.length === this.data.length) this.data = grown(this.data, new Float64Array(this.length * 1.5));
    this.data[this.length] = value;
    return this.length++;
  }
}

function grown<T extends Int32Array | Float64Array>(full: T, larger: T): T {
  larger.set(full);
  return larger;
}

const FREE = -1;

/**
 * Numbers texts in the order in which they come, by a fingerprint of 64 bits instead of the text: of a million message ids two share
 * one with a chance of one in thirty million.
 */
export class Fingerprints {
  private readonly high = new IntColumn();
  private readonly low = new IntColumn();
  private slots = new Int32Array(4096).fill(FREE);

  get size(): number {
    return this.high.length;
  }

  /** The number of a text: the next one when it is new. */
  number(text: string): number {
    let high = 0x9e3779b1 ^ text.length;
    let low = 0x85ebca6b ^ text.length;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      high = Math.imul(high ^ code, 0x9e3779b1);
      low = Math.imul(low ^ code, 0x5f356495);
      high ^= high >>> 15;
      low ^= low >>> 13;
    }
    high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    low = Math.imul(low ^ (low >>> 16), 0x27d4eb2f) ^ Math.imul(high ^ (high >>> 13), 0x165667b1);
    const slot = this.find(high, low);
    const known = this.slots[slot]!;
    if (known !== FREE) return known;
    const number = this.high.push(high);
    this.low.push(low);
    this.slots[slot] = number;
    if (this.size * 2 > this.slots.length) this.rehash();
    return number;
  }

  /** An order of texts that does not depend on when they came. */
  compare(a: number, b: number): number {
    return this.high.data[a]! - this.high.data[b]! || this.low.data[a]! - this.low.data[b]!;
  }

  private find(high: number, low: number): number {
    const mask = this.slots.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot]!;
      if (number === FREE || (this.high.data[number] === high && this.low.data[number] === low)) return slot;
    }
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(FREE);
    for (let number = 0; number < this.size; number++) this.slots[this.find(this.high.data[number]!, this.low.data[number]!)] = number;
  }
}

/** Texts one behind the other as bytes, each once. */
export class Texts {
  private readonly known = new Fingerprints();
  private readonly ends = new IntColumn();
  private bytes = Buffer.alloc(65_536);

  number(text: string): number {
    const number = this.known.number(text);
    if (number < this.ends.length) return number;
    const start = this.ends.data[number - 1] ?? 0;
    const own = Buffer.from(text, 'utf8');
    if (start + own.length > this.bytes.length)
      this.bytes = Buffer.concat([this.bytes, Buffer.alloc((this.bytes.length >> 1) + own.length)]);
    own.copy(this.bytes, start);
    this.ends.push(start + own.length);
    return number;
  }

  text(number: number): string {
    return this.bytes.toString('utf8', number === 0 ? 0 : this.ends.data[number - 1], this.ends.data[number]);
  }
}
