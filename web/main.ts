import type { TrainingStatus } from "../src/daemon/status/status-message.js";
import { byId, setText } from "./elements.js";
import { Feed, type FeedState } from "./feed.js";
import { clock } from "./format.js";
import { Page } from "./page.js";
import { ask, openSession, Refused, ticketOfLink } from "./session.js";

/** The page's words for each state of its connection. */
const WORDS: Record<FeedState["state"], string> = {
  connecting: "connecting",
  live: "live",
  lost: "the daemon is gone; trying again",
  paused: "paused while hidden",
  refused: "not let in",
};

const NOTICES: Partial<Record<FeedState["state"], { title: string; text: () => string; advice: string }>> = {
  lost: {
    title: "The daemon does not answer",
    text: () =>
      `Since ${clock(Date.now() / 1000)}. This page goes on by itself when a daemon answers at this address again.`,
    advice:
      "A daemon that was started since may have another port. Then open its own page: defcon-fiji status --open",
  },
};

let shown: FeedState["state"] | undefined;

function showState(feed: FeedState): void {
  const { state } = feed;
  // The first loss is shown with its time; later failed attempts change nothing.
  if (state === shown) return;
  shown = state;
  byId("state").dataset.state = state;
  setText(byId("state"), WORDS[state]);
  byId("main").classList.toggle("stale", state === "lost");
  const notice =
    feed.state === "refused"
      ? { title: "This page was not let in", text: () => feed.refusal.message, advice: feed.refusal.advice }
      : NOTICES[state];
  byId("notice").hidden = notice === undefined;
  if (!notice) return;
  setText(byId("notice-title"), notice.title);
  setText(byId("notice-text"), notice.text());
  setText(byId("notice-advice"), notice.advice);
  if (state === "refused") byId("main").hidden = true;
}

/** What stays after each kind of training is cancelled. */
const KEPT: Record<TrainingStatus["kind"], string> = {
  training: "It ends at its next batch, with a checkpoint to resume from later.",
  tuning:
    "Its training ends at the next batch. The tuning then goes on with the best model so far, if there is one.",
};

/** Cancels a training after the reader has confirmed it. */
function confirmCancel({ id, kind, name }: TrainingStatus, session: string): void {
  const dialog = byId<HTMLDialogElement>("confirm");
  setText(byId("confirm-title"), `Cancel ${kind} ${id} of ${name}?`);
  setText(byId("confirm-text"), KEPT[kind]);
  setText(byId("confirm-cancel"), `Cancel ${kind}`);
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "cancel") return;
    // The result comes with the training's next news.
    ask(`api/trainings/${id}/cancel`, session, { method: "POST" }).catch(() => undefined);
  };
  dialog.showModal();
}

async function start(): Promise<void> {
  showState({ state: "connecting" });
  let session: string;
  try {
    session = await openSession();
  } catch (error) {
    if (!(error instanceof Refused)) return showState({ state: "lost" });
    return showState({ state: "refused", refusal: error.refusal });
  }
  let page: Page | undefined;
  const feed = new Feed({
    session,
    onState: showState,
    onMessage: (message, first) => {
      byId("main").hidden = false;
      page ??= new Page({ session, onCancel: (training) => confirmCancel(training, session) });
      page.show(message, first);
      if (message.daemon.stopping) setText(byId("state"), "the daemon is stopping");
    },
  });
  await feed.follow();
}

// A link that is opened in a tab with this page only changes what follows #.
addEventListener("hashchange", () => {
  if (ticketOfLink() !== null) location.reload();
});

void start();
