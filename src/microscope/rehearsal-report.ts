import { AtomicFiles } from "../base/atomic-files.js";
import { contentKind, textKind } from "../base/output-place.js";
import type { RehearsalPlan, WayResult } from "./rehearsal.js";
import { rehearsalPage } from "./rehearsal-page.js";
import { secondsCsv, summaryCsv } from "./rehearsal-tables.js";

/** Files of a rehearsal's folder. */
export const REHEARSAL_FILES = {
  seconds: "seconds.csv",
  summary: "summary.csv",
  page: "rehearsal.html",
} as const;

/** The files of a rehearsal. They are started before it. */
export class RehearsalReport {
  private constructor(private readonly files: AtomicFiles<keyof typeof REHEARSAL_FILES>) {}

  /**
   * @param force whether an earlier rehearsal may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(folder: string, force = false): Promise<RehearsalReport> {
    const { seconds, summary, page } = REHEARSAL_FILES;
    const named = {
      seconds: { name: seconds, kind: textKind("a rehearsal's table", "way,time_s,") },
      summary: { name: summary, kind: textKind("a rehearsal's summary", "way,settling_s,") },
      page: { name: page, kind: contentKind("a report", "a web page (HTML)") },
    };
    return new RehearsalReport(await AtomicFiles.create(folder, named, force));
  }

  /** Writes the files and puts them in place. @throws InputError OUTPUT_WRITE */
  finish(plan: RehearsalPlan, ways: readonly WayResult[]): Promise<void> {
    return this.files.finish({
      seconds: () => secondsCsv(ways),
      summary: () => summaryCsv(ways),
      page: () => rehearsalPage(plan, ways),
    });
  }

  /** Removes the unfinished files. */
  abort(): Promise<void> {
    return this.files.abort();
  }
}
