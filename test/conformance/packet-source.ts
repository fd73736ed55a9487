// Random and mutated DNS packets from a seed: the same in every run.

/** xorshift32: enough for packets, and repeatable. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 1;
  }

  /** 0 to below `limit`. */
  below(limit: number): number {
    let { state } = this;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return (state >>> 0) % limit;
  }

  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }
}

const TYPES = [1, 1, 1, 1, 2, 6, 16, 28, 41, 250, 251, 252, 255, 257];

/** Packets of three kinds: well-formed questions, the same with a few octets changed, cut off or repeated, and noise. */
export class PacketSource {
  private readonly dice: Dice;
  private readonly names: readonly Uint8Array[];
  private readonly room = new Uint8Array(1024);

  constructor(seed: number, names: readonly string[]) {
    this.dice = new Dice(seed);
    this.names = names.map((name) =>
      Uint8Array.from([
        ...name.split('.').flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]),
        0,
      ]),
    );
  }

  /** Valid until the next call. */
  next(id: number): Uint8Array {
    const { dice, room } = this;
    let length = dice.below(10) === 0 ? this.noise() : this.question();
    if (dice.below(3) > 0) length = this.mutate(length);
    room[0] = id >> 8;
    room[1] = id & 255;
    return room.subarray(0, length);
  }

  private question(): number {
    const { dice, room } = this;
    room.fill(0, 0, 12);
    room[2] = dice.below(2);
    room[5] = 1;
    const name = dice.pick(this.names);
    room.set(name, 12);
    let at = 12 + name.length;
    room[at] = 0;
    room[at + 1] = dice.pick(TYPES);
    room[at + 2] = 0;
    room[at + 3] = dice.below(20) === 0 ? dice.below(256) : 1;
    at += 4;
    if (dice.below(2) === 0) {
      room[11] = 1;
      room.set([0, 0, 41, 4, 208, 0, 0, dice.below(2) << 7, 0, 0, 0], at);
      at += 11;
      if (dice.below(3) === 0) {
        const size = dice.below(40);
        room.set([0, 4 + size, 0, 10, 0, size], at - 2);
        room.fill(dice.below(256), at + 4, at + 4 + size);
        at += 4 + size;
      }
    }
    return at;
  }

  private noise(): number {
    const length = this.dice.below(200);
    for (let i = 0; i < length; i++) this.room[i] = this.dice.below(256);
    return length;
  }

  private mutate(length: number): number {
    const { dice, room } = this;
    for (let left = 1 + dice.below(4); left > 0 && length > 0; left--) {
      const at = dice.below(length);
      switch (dice.below(5)) {
        case 0:
          room[at] = (room[at] ?? 0) ^ (1 << dice.below(8));
          break;
        case 1:
          room[at] = dice.pick([0, 1, 0x3f, 0x40, 0xc0, 0xff]);
          break;
        case 2:
          return at;
        case 3:
          // A pointer somewhere into the packet.
          room[at] = 0xc0;
          room[at + 1] = dice.below(length);
          break;
        default:
          room.copyWithin(length, at, Math.min(length, at + 64));
          return Math.min(600, length + Math.min(64, length - at));
      }
    }
    return length;
  }
}
