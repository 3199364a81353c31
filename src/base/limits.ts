/** Bounds and defaults of the whole program, each written here once. Sizes in pixels, bytes or milliseconds as named. */
export const LIMITS = {
  /** Longest side of a frame, pixels. */
  maxFrameSide: 65_536,
  /** Most pixels a frame may have; its float32 map is then 1 GiB. */
  maxFramePixels: 268_435_456,
  /**
   * Frames with more pixels than maxUntiledPixels are predicted in tiles: as fast, and a 2048 x 2048 frame then takes 0.5 instead of 1.3 GB. tileSide is the longest side of a tile's inner part, pixels.
   */
  tiling: { maxUntiledPixels: 1_572_864, tileSide: 1_024 },
  /** The same where a network sees three frames at a time, whose maps lie in memory together. */
  windowTiling: { maxUntiledPixels: 524_288, tileSide: 640 },
  /** Most pixels of all frames that one engine call takes together. */
  maxBatchPixels: 65_536,
  /** Most frames that one engine call takes together. */
  maxBatchFrames: 16,
  /** Longest side of the small map that the status page shows, pixels. */
  previewSide: 256,
} as const;

export const DEFAULTS = {
  /** Side of the square window of the max local count, pixels (7 upstream). */
  pool: 7,
} as const;

/** Bounds of a zip archive with a model in it, which may come from anywhere. A model of today takes half a megabyte. */
export const ARCHIVE_LIMITS = {
  maxBytes: 33_554_432,
  /** Bytes of all its entries when unpacked. */
  maxUnpackedBytes: 67_108_864,
  maxEntries: 256,
} as const;

/** Bounds of what lies beside a model. */
export const LIBRARY_LIMITS = {
  /** Largest card or picture of a model that is read, bytes. */
  maxCompanionBytes: 4_194_304,
} as const;

/** Bounds of the daemon and of its wire. */
export const WIRE_LIMITS = {
  /** Largest message either side takes, bytes: a float32 frame or map of 8192 x 8192 with room for its envelope. */
  maxMessageBytes: 268_500_992,
  maxConnections: 32,
  /** Requests of a connection that are not answered yet, above which nothing more is read from it. */
  maxWaitingRequests: 64,
  /** Bytes a connection may send before its hello is accepted: what a stranger can make the daemon hold. */
  maxHelloBytes: 16_384,
  maxStreamsPerConnection: 64,
  /** A connection that has not said hello by then is closed. */
  helloTimeoutMs: 5_000,
  /** A client waits no longer than this until it is connected and welcomed; a daemon at work on a huge frame takes some seconds. */
  connectTimeoutMs: 20_000,
  /** Whether something listens on the port of a discovery file is known by then. */
  probeTimeoutMs: 2_000,
  /** Frames a stream may have under way: as many as hold about `creditBytes`, within these bounds. */
  minCredits: 4,
  maxCredits: 32,
  creditBytes: 2_097_152,
  /** Answers waiting in a client's socket above which nothing more is read from it, bytes. */
  maxUnsentBytes: 67_108_864,
  /** A shutdown waits no longer than this for frames under way and for clients to take their answers. */
  drainTimeoutMs: 30_000,
  /** Between two messages of a training's progress, ms. */
  progressIntervalMs: 100,
  /** Trainings that have ended and are still listed and told of. */
  maxEndedTrainings: 16,
  /** Events of a training that are kept for those who begin to watch it: its epochs, above all. */
  maxTrainingEvents: 10_000,
  /** Longest path or name in the settings of a training, characters. */
  maxTrainingText: 4_096,
} as const;

/** Bounds of the daemon's status page. */
export const STATUS_LIMITS = {
  /** Pages that are kept up to date at a time. */
  maxWatchers: 16,
  /** Between two messages to a page, and between two pictures of a stream while somebody looks, ms. */
  intervalMs: 1_000,
  /** Models are looked for again after that time while somebody looks, ms. */
  modelsIntervalMs: 10_000,
  /** Streams that a message tells of, the newest ones where there are more: five minutes of all of them are put into words in a few ms. */
  maxStreams: 32,
  /** Streams that ended and are still shown. */
  maxEndedStreams: 4,
  /** Lines of the log that are kept. */
  maxLogLines: 100,
  /** News of one training in one message; the rest comes with the next. */
  maxNews: 1_000,
  /** A link opens the page once, and within that time, ms. */
  ticketMs: 600_000,
  /** Links that were given out and not used. */
  maxTickets: 16,
  /** A page that was opened stays so for that time, ms: a week. */
  sessionMs: 604_800_000,
} as const;

/** Bounds of doctor, and what it compares a machine with. */
export const DOCTOR_LIMITS = {
  /** A check that has not ended by then hangs: a graphics card's first start may compile for half a minute, and machines are busy. */
  checkTimeoutMs: 120_000,
  /** What is kept of the errors that a check's process prints, characters. */
  maxErrorText: 4_096,
  /** Memory of a daemon that counts, of a training: docs/performance.md. */
  countingBytes: 300_000_000,
  trainingBytes: 600_000_000,
} as const;

/** Bounds of what is laid into a Fiji. */
export const FIJI_LIMITS = {
  /** Most files and folders of an archive. */
  maxArchiveEntries: 1_000,
  /** Most bytes of an archive once unpacked: some hundred models. */
  maxArchiveBytes: 268_435_456,
  /** Longest path below the Fiji folder, characters; Windows has 260 for the whole. */
  maxPathLength: 200,
  /** Largest list of installed files that is read, bytes. */
  maxManifestBytes: 1_048_576,
  /** Folders below plugins/ in which jars are looked for; ImageJ itself goes less deep. */
  jarDepth: 4,
  /** Largest table of contents of a jar that is read, bytes. */
  maxJarDirectoryBytes: 16_777_216,
  /** An installation that is under way is waited for so long. */
  lockWaitMs: 5_000,
} as const;
