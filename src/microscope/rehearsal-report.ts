import { join } from "node:path";
import { AtomicFile } from "../base/atomic-file.js";
import { contentKind, type FileKind, textKind } from "../base/output-place.js";
import type { RehearsalPlan, WayResult } from "./rehearsal.js";
import { rehearsalPage } from "./rehearsal-page.js";
import { secondsCsv, summaryCsv } from "./rehearsal-tables.js";

/** Files of a rehearsal's folder. */
export const REHEARSAL_FILES = {
  seconds: "seconds.csv",
  summary: "summary.csv",
  page: "rehearsal.html",
} as const;

/**
 * The files of a rehearsal, each of which appears whole or not at all.
 * They are started before the rehearsal, so that a place that cannot be written is known early.
 */
export class RehearsalReport {
  private constructor(private readonly files: Record<keyof typeof REHEARSAL_FILES, AtomicFile>) {}

  /**
   * @param force whether an earlier rehearsal may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(folder: string, force = false): Promise<RehearsalReport> {
    const open: AtomicFile[] = [];
    const create = async (name: string, kind: FileKind) => {
      const file = await AtomicFile.create(join(folder, name), undefined, { kind, force });
      open.push(file);
      return file;
    };
    try {
      return new RehearsalReport({
        seconds: await create(REHEARSAL_FILES.seconds, textKind("a rehearsal's table", "way,time_s,")),
        summary: await create(REHEARSAL_FILES.summary, textKind("a rehearsal's summary", "way,settling_s,")),
        page: await create(REHEARSAL_FILES.page, contentKind("a report", "a web page (HTML)")),
      });
    } catch (error) {
      for (const file of open) await file.abort();
      throw error;
    }
  }

  /** Writes the files and puts them in place. @throws InputError OUTPUT_WRITE */
  async finish(plan: RehearsalPlan, ways: readonly WayResult[]): Promise<void> {
    const { seconds, summary, page } = this.files;
    try {
      await seconds.write(secondsCsv(ways));
      await summary.write(summaryCsv(ways));
      await page.write(rehearsalPage(plan, ways));
      for (const file of [seconds, summary, page]) await file.flush();
      for (const file of [seconds, summary, page]) await file.commit();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  /** Removes the unfinished files. */
  async abort(): Promise<void> {
    for (const file of Object.values(this.files)) await file.abort();
  }
}
