import type { MapStatus } from "../src/daemon/status/status-message.js";
import { element, setText } from "./elements.js";
import { emitters } from "./format.js";
import { ask } from "./session.js";

/** The newest density map of a stream in viridis, with its scale. */
export class MapPicture {
  readonly root: HTMLElement;
  private readonly image = element("img", { alt: "" });
  private readonly none = element("div", { class: "none" }, "The next frame's density map will be here.");
  private readonly caption = element("span");
  private readonly high = element("span");
  private shown = Number.NaN;
  private isFetching = false;

  constructor(
    private readonly stream: number,
    private readonly session: string,
  ) {
    const scale = element("div", { class: "scale" }, element("span", {}, "0"), element("i"), this.high);
    const words = element("figcaption", {}, scale, this.caption);
    this.root = element("figure", { class: "map" }, this.none, this.image, words);
    this.image.hidden = true;
    words.hidden = true;
  }

  update(map: MapStatus | null): void {
    if (!map || map.sequence === this.shown || this.isFetching) return;
    this.isFetching = true;
    this.show(map)
      // A map that does not arrive is replaced by the next; the feed tells when the daemon is gone.
      .catch(() => undefined)
      .finally(() => {
        this.isFetching = false;
      });
  }

  remove(): void {
    URL.revokeObjectURL(this.image.src);
  }

  private async show({ sequence, count, high }: MapStatus): Promise<void> {
    const response = await ask(`api/streams/${this.stream}/map.png`, this.session);
    const before = this.image.src;
    this.image.src = URL.createObjectURL(await response.blob());
    URL.revokeObjectURL(before);
    this.shown = sequence;
    this.image.alt = `Density map of frame ${sequence}, count ${emitters(count)}`;
    this.image.hidden = false;
    this.none.hidden = true;
    this.caption.parentElement!.hidden = false;
    setText(this.high, high.toPrecision(2));
    setText(this.caption, `frame ${sequence}, emitters/pixel`);
  }
}
