import type { StatusRefusal, StatusSession } from "../src/daemon/status/status-message.js";

/** Key in this tab's storage, which is lost with the tab. */
const KEPT = "defcon-fiji session";

/** The daemon refused; holds its answer. */
export class Refused extends Error {
  constructor(readonly refusal: StatusRefusal) {
    super(refusal.message);
  }
}

/** The ticket in the link that opened this page, or null. */
export function ticketOfLink(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("ticket");
}

/**
 * The session of this page: from the ticket of its link, or as this tab has kept it.
 * The ticket leaves the address bar at once.
 * @throws Refused, or TypeError where no daemon answers
 */
export async function openSession(): Promise<string> {
  const ticket = ticketOfLink();
  if (ticket !== null) {
    history.replaceState(null, "", location.pathname);
    const response = await fetch("api/sessions", {
      method: "POST",
      headers: { authorization: `Ticket ${ticket}` },
    });
    if (response.ok) {
      const { session } = (await response.json()) as StatusSession;
      sessionStorage.setItem(KEPT, session);
      return session;
    }
    // A page that was already open continues: its link may have been opened again.
    if (sessionStorage.getItem(KEPT) === null) throw await refusedBy(response);
  }
  return sessionStorage.getItem(KEPT) ?? "";
}

/**
 * Asks the daemon in the name of this page. @throws Refused, or TypeError where no daemon answers
 */
export async function ask(
  path: string,
  session: string,
  options: { method?: "GET" | "POST"; signal?: AbortSignal } = {},
): Promise<Response> {
  const response = await fetch(path, {
    ...options,
    headers: session === "" ? {} : { authorization: `Bearer ${session}` },
  });
  if (!response.ok) throw await refusedBy(response);
  return response;
}

async function refusedBy(response: Response): Promise<Refused> {
  const refusal = (await response.json().catch(() => undefined)) as StatusRefusal | undefined;
  return new Refused(refusal ?? { code: "", message: `The daemon answered ${response.status}.`, advice: "" });
}
