import { join } from "node:path";
import { AtomicFile } from "../base/atomic-file.js";
import { contentKind, type FileKind, textKind } from "../base/output-place.js";
import { type ReportContent, reportPage } from "./report-page.js";
import { framesCsv, summaryCsv, TABLE_HEADS } from "./tables.js";

/** Files of a report's folder. */
export const REPORT_FILES = { frames: "frames.csv", summary: "summary.csv", page: "report.html" } as const;

/**
 * The files of a report, each of which appears whole or not at all.
 * They are started before there is anything to report, so that a place that cannot be written is
 * known early.
 */
export class Report {
  private constructor(private readonly files: Record<keyof typeof REPORT_FILES, AtomicFile>) {}

  /**
   * @param force whether an earlier report may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(folder: string, force = false): Promise<Report> {
    const open: AtomicFile[] = [];
    const create = async (name: string, kind: FileKind) => {
      const file = await AtomicFile.create(join(folder, name), undefined, { kind, force });
      open.push(file);
      return file;
    };
    try {
      return new Report({
        frames: await create(REPORT_FILES.frames, textKind("a report's table of frames", TABLE_HEADS.frames)),
        summary: await create(REPORT_FILES.summary, textKind("a report's summary", TABLE_HEADS.summary)),
        page: await create(REPORT_FILES.page, contentKind("a report", "a web page (HTML)")),
      });
    } catch (error) {
      for (const file of open) await file.abort();
      throw error;
    }
  }

  /** Writes the files and puts them in place. @throws InputError OUTPUT_WRITE */
  async finish(content: ReportContent): Promise<void> {
    const { frames, summary, page } = this.files;
    try {
      await frames.write(framesCsv(content.evaluation.records));
      await summary.write(summaryCsv(content.summary));
      await page.write(reportPage(content));
      // A full disk is noticed before any file is put in its place.
      for (const file of [frames, summary, page]) await file.flush();
      for (const file of [frames, summary, page]) await file.commit();
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
