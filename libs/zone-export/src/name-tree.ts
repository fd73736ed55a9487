// RFC 4592: a wildcard answers for a name only when no name exists between the two. So every name that exists below a
// wildcard needs one of its own, with what it would have inherited.

/** Records of one owner: return codes and a text, the codes ascending. */
export interface OwnerRecords {
  readonly codes: readonly number[];
  readonly text: string;
}

interface Node {
  readonly children: Map<string, Node>;
  own: OwnerRecords | undefined;
  below: OwnerRecords | undefined;
}

const newNode = (): Node => ({ children: new Map(), own: undefined, below: undefined });

/** Owners of a zone by their labels, from the zone's end. */
export class NameTree {
  private readonly root = newNode();

  /** @param coversItself a node without records of its own has those of the wildcard above it (domains, not addresses) */
  constructor(private readonly coversItself: boolean) {}

  /** Labels from the zone's end. What was set first stays. */
  setOwn(labels: readonly string[], records: OwnerRecords): void {
    this.nodeOf(labels).own ??= records;
  }

  setBelow(labels: readonly string[], records: OwnerRecords): void {
    this.nodeOf(labels).below ??= records;
  }

  private nodeOf(labels: readonly string[]): Node {
    let node = this.root;
    for (const label of labels) {
      let child = node.children.get(label);
      if (!child) node.children.set(label, (child = newNode()));
      node = child;
    }
    return node;
  }

  /** Owner names relative to the zone, and their records, depth first in the order of their labels. */
  *owners(): Generator<readonly [owner: string, records: OwnerRecords]> {
    yield* this.walk(this.root, '', undefined);
  }

  private *walk(
    node: Node,
    name: string,
    inherited: OwnerRecords | undefined,
  ): Generator<readonly [string, OwnerRecords]> {
    const own = node.own ?? (this.coversItself && name !== '' ? inherited : undefined);
    if (own && own.codes.length > 0) yield [name, own];
    const below = node.below ?? (node.children.size > 0 ? inherited : undefined);
    if (below && below.codes.length > 0) yield [name === '' ? '*' : `*.${name}`, below];
    for (const [label, child] of [...node.children].sort(byLabel)) {
      yield* this.walk(child, name === '' ? label : `${label}.${name}`, node.below ?? inherited);
    }
  }
}

/** Numbers in their order, and one order for everything. */
function byLabel([a]: readonly [string, Node], [b]: readonly [string, Node]): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
