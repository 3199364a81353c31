/** A row of docs/reliability.md: what was done, how often, and what came of it. */
export interface Measured {
  what: string;
  amount: string;
  result: string;
  /** Whether the program did what it promises. */
  holds: boolean;
}

/** What a program found out to be wrong. The first ones are enough to look for the reason. */
export class Faults {
  private readonly texts: string[] = [];

  get count(): number {
    return this.texts.length;
  }

  add(text: string): void {
    this.texts.push(text);
    if (this.texts.length <= 20) console.log(`WRONG: ${text}`);
  }

  /** Notes a fault unless something holds. */
  check(holds: boolean, text: () => string): void {
    if (!holds) this.add(text());
  }
}

/** A number with marks at each thousand: 1,000,000. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}
