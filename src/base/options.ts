/** The same entries, of which each may also be left out or undefined. */
export type Options<T> = { [Name in keyof T]?: T[Name] | undefined };
