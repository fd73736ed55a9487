declare module 'tlsh' {
  export default function hash(text: string): string;
}
declare module 'tlsh/lib/digests/digest-hash-builder.js' {
  interface Digest {
    calculateDifference(other: Digest, withLength: boolean): number;
  }
  interface Builder {
    withHash(hash: string): Builder;
    build(): Digest;
  }
  export default function DigestHashBuilder(): Builder;
}
