/** Tells what is done by now, in words. */
export type Progress = (text: string) => void;

/** Shows the latest progress on a terminal's last line; nothing where output goes elsewhere. */
export function terminalProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
