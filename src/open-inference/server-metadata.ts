/** What a server says of itself; its fields are those of the protocol. */
export interface ServerMetadata {
  readonly name: string;
  readonly version: string;
  /** Extensions of the protocol that it speaks. */
  readonly extensions: readonly string[];
}
