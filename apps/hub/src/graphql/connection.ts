// Relay cursor connections: https://relay.dev/graphql/connections.htm, forwards only.
import { type Type } from '@nestjs/common';
import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType()
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true })
  endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Edge<Node>[];
  pageInfo: PageInfo;
}

/** The edge type of a node type; extend it to give it its name. */
export function edgeOf<Node extends object>(NodeModel: Type<Node>): Type<Edge<Node>> {
  @ObjectType({ isAbstract: true })
  class AbstractEdge {
    @Field(() => String)
    cursor!: string;

    @Field(() => NodeModel)
    node!: Node;
  }
  return AbstractEdge;
}

export function connectionOf<Node extends object>(EdgeModel: Type<Edge<Node>>): Type<Connection<Node>> {
  @ObjectType({ isAbstract: true })
  class AbstractConnection {
    @Field(() => [EdgeModel])
    edges!: Edge<Node>[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;
  }
  return AbstractConnection;
}

/** A page from up to one node more than was asked for. `keyOf` gives what the cursor stands for. */
export function pageOf<Node>(
  nodes: readonly Node[],
  first: number,
  keyOf: (node: Node) => string,
): Connection<Node> {
  const edges = nodes
    .slice(0, first)
    .map((node) => ({ cursor: Buffer.from(keyOf(node)).toString('base64url'), node }));
  return {
    edges,
    pageInfo: { hasNextPage: nodes.length > first, endCursor: edges.at(-1)?.cursor ?? null },
  };
}
