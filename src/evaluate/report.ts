import { AtomicFiles } from "../base/atomic-files.js";
import { contentKind, textKind } from "../base/output-place.js";
import { type ReportContent, reportPage } from "./report-page.js";
import { framesCsv, summaryCsv, TABLE_HEADS } from "./tables.js";

/** Files of a report's folder. */
export const REPORT_FILES = { frames: "frames.csv", summary: "summary.csv", page: "report.html" } as const;

/** The files of a report. They are started before there is anything to report. */
export class Report {
  private constructor(private readonly files: AtomicFiles<keyof typeof REPORT_FILES>) {}

  /**
   * @param force whether an earlier report may be replaced
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS
   */
  static async create(folder: string, force = false): Promise<Report> {
    const { frames, summary, page } = REPORT_FILES;
    const named = {
      frames: { name: frames, kind: textKind("a report's table of frames", TABLE_HEADS.frames) },
      summary: { name: summary, kind: textKind("a report's summary", TABLE_HEADS.summary) },
      page: { name: page, kind: contentKind("a report", "a web page (HTML)") },
    };
    return new Report(await AtomicFiles.create(folder, named, force));
  }

  /** Writes the files and puts them in place. @throws InputError OUTPUT_WRITE */
  finish(content: ReportContent): Promise<void> {
    return this.files.finish({
      frames: () => framesCsv(content.evaluation.records),
      summary: () => summaryCsv(content.summary),
      page: () => reportPage(content),
    });
  }

  /** Removes the unfinished files. */
  abort(): Promise<void> {
    return this.files.abort();
  }
}
