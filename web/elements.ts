/** The page's element with an id. @throws Error where the page lacks it */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page lacks #${id}.`);
  return found as T;
}

/** A new element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** Changes a text if it differs: unchanged nodes cost no layout and keep the reader's selection. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Terms with their values in a description list. Values are changed in place. */
export class Facts {
  private readonly values = new Map<string, HTMLElement>();

  constructor(private readonly list: HTMLElement) {}

  set(term: string, value: string): void {
    let place = this.values.get(term);
    if (!place) {
      place = element("dd");
      this.values.set(term, place);
      this.list.append(element("div", { class: "fact" }, element("dt", {}, term), place));
    }
    setText(place, value);
  }
}

/** Shows one thing. */
export interface View<T> {
  readonly root: HTMLElement;
  /** @param now the newest whole second */
  update(item: T, now: number): void;
  /** Releases what it holds outside the page. */
  remove(): void;
}

/**
 * Keeps one view for each thing in the messages.
 * A view is made when its thing appears, updated, and removed when the thing is gone.
 */
export class Views<T extends { id: number }, V extends View<T>> {
  private readonly views = new Map<number, V>();

  constructor(
    private readonly list: HTMLElement,
    private readonly make: (item: T) => V,
  ) {}

  update(items: readonly T[], now: number): void {
    for (const [id, view] of this.views) {
      if (items.some((item) => item.id === id)) continue;
      view.remove();
      view.root.remove();
      this.views.delete(id);
    }
    for (const item of items) {
      let view = this.views.get(item.id);
      if (!view) {
        view = this.make(item);
        this.views.set(item.id, view);
        this.list.append(view.root);
      }
      view.update(item, now);
    }
  }

  clear(): void {
    this.update([], 0);
  }
}

/** Fills a table's body with rows of cells. @param numbers columns that are aligned to the right */
export function fillRows(
  body: HTMLElement,
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): void {
  const text = JSON.stringify(rows);
  if (body.dataset.rows === text) return;
  body.dataset.rows = text;
  body.replaceChildren(
    ...rows.map((cells) =>
      element(
        "tr",
        {},
        ...cells.map((cell, i) => element("td", numbers.includes(i) ? { class: "number" } : {}, cell)),
      ),
    ),
  );
}
