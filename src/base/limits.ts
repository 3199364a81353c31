/**
 * Bounds and defaults of the whole program, each written here once.
 * Sizes are in pixels, bytes or milliseconds, as named.
 */
export const LIMITS = {
  /** Longest side of a frame, pixels. */
  maxFrameSide: 65_536,
  /** Most pixels of a frame; its float32 map then takes 1 GiB. */
  maxFramePixels: 268_435_456,
  /**
   * Frames with more than maxUntiledPixels are predicted in tiles of at most tileSide, inner part.
   * Tiles are as fast, and a 2048 x 2048 frame then takes 0.5 GB instead of 1.3 GB.
   */
  tiling: { maxUntiledPixels: 1_572_864, tileSide: 1_024 },
  /** The same for networks that see three frames at a time, whose maps are in memory together. */
  windowTiling: { maxUntiledPixels: 524_288, tileSide: 640 },
  /** Most pixels of one engine call, all frames together. */
  maxBatchPixels: 65_536,
  /** Most frames of one engine call. */
  maxBatchFrames: 16,
  /** Most pixels of the batches of a stack under way. Two are, however large their frames are. */
  maxPixelsUnderWay: 16_777_216,
  /**
   * Most bytes of a chunk of a Zarr array, unpacked. Chunks are read as a whole.
   * A hundred frames of 1024 x 1024 pixels fit.
   */
  maxChunkBytes: 268_435_456,
  /** Longest side of the small map that the status page shows, pixels. */
  previewSide: 256,
} as const;

export const DEFAULTS = {
  /** Side of the square of the max local count, pixels (7 upstream). */
  pool: 7,
} as const;

/** Bounds of a zip archive with a model in it, which may come from anywhere. */
export const ARCHIVE_LIMITS = {
  /** Most bytes of all its entries, unpacked. */
  maxUnpackedBytes: 67_108_864,
  maxEntries: 256,
} as const;

/** What is left of a disk for the system and other programs. */
export const DISK_LIMITS = {
  /**
   * Bytes that stay free. Trainings and tunings neither begin nor go on with less, no model is
   * installed, and no long result is written on.
   */
  minFreeBytes: 67_108_864,
  /** A file that grows looks at its disk each time that so many more bytes are to be written. */
  lookBytes: 16_777_216,
} as const;

/** Bounds of files that are read as a whole. */
export const FILE_LIMITS = {
  /** Largest file of a model, bytes. Models take half a megabyte today. */
  maxModelBytes: 33_554_432,
  /** Longest row of a table, characters of its fields. A row is in memory as a whole. */
  maxRowLength: 65_536,
  /** Largest plan, configuration or file of the user's folder, bytes. */
  maxTextBytes: 16_777_216,
} as const;

/** Bounds of the files beside a model. */
export const LIBRARY_LIMITS = {
  /** Largest card or picture of a model that is read, bytes. */
  maxCompanionBytes: 4_194_304,
} as const;

/** Bounds of the files through which frames and maps go between programs of one machine. */
export const SLOT_LIMITS = {
  /** Smallest frame and map that are worth a file, bytes together. Smaller ones go in a message. */
  minBytes: 32_768,
  /** Largest file, bytes. A stream with larger frames has none. */
  maxFileBytes: 134_217_728,
  /** Most bytes of all files of a daemon. A stream that finds no room has none. */
  maxAllBytes: 536_870_912,
} as const;

/** Bounds of the daemon and its wire. */
export const WIRE_LIMITS = {
  /**
   * Largest message that either side takes, bytes.
   * A float32 frame or map of 8192 x 8192 fits, with room for its envelope.
   */
  maxMessageBytes: 268_500_992,
  /** Largest message to the daemon that is not a frame, bytes. */
  maxRequestBytes: 262_144,
  /** Most bytes of what a client says of a frame in its own words. */
  maxFrameMetadataBytes: 1_024,
  /** Most entries of a list in the settings of a training or a tuning. */
  maxListEntries: 4_096,
  /** Most clients that have shown the token. */
  maxConnections: 32,
  /** Most connections without the token, WebSocket and HTTP together. One more ends the oldest. */
  maxStrangers: 64,
  /** Most HTTP requests of a connection that are answered at a time. One more ends it. */
  maxRequestsUnderWay: 8,
  /**
   * Most requests of a connection without an answer.
   * Nothing more is read from the connection until some are answered.
   */
  maxWaitingRequests: 64,
  /**
   * Most bytes a connection may send before its hello is accepted.
   * This is all that each of the strangers can make the daemon hold.
   */
  maxHelloBytes: 16_384,
  maxStreamsPerConnection: 64,
  /** Most models that the streams of a connection count with. Each stays in memory with a stream. */
  maxModelsPerConnection: 8,
  /** Most bytes of frames and maps of one stream; a stream of very large frames gets fewer credits. */
  maxStreamBytes: 536_870_912,
  /** Most bytes of frames and maps of all streams of a connection together. */
  maxFrameBytesPerConnection: 1_073_741_824,
  /** A connection without a hello is closed after this time. */
  helloTimeoutMs: 5_000,
  /** A client that broke the protocol has this long to read why, and to close in its turn. */
  refusalTimeoutMs: 2_000,
  /**
   * Longest time that a client waits until it is connected and welcomed.
   * A daemon at work on a huge frame takes some seconds.
   */
  connectTimeoutMs: 20_000,
  /** Longest time to find out whether the daemon of a discovery file answers at its port. */
  probeTimeoutMs: 10_000,
  /** Longest wait for another daemon that is starting. */
  startWaitMs: 60_000,
  /**
   * Bounds of the frames that a stream may have under way, which hold about `creditBytes`.
   * Frames of a hundred megabytes have fewer than `minCredits`: see `maxStreamBytes`.
   */
  minCredits: 4,
  maxCredits: 32,
  creditBytes: 2_097_152,
  /**
   * Most bytes of answers waiting in a client's socket; nothing more is read from it above that.
   */
  maxUnsentBytes: 67_108_864,
  /**
   * Most answers waiting in a client's socket, whatever their size.
   * Each takes one to two kilobytes besides its own bytes.
   */
  maxUnsentMessages: 4_096,
  /**
   * Longest time that a shutdown waits for frames under way and for clients to take their answers.
   */
  drainTimeoutMs: 30_000,
  /** Shortest time between two messages about a training's progress. */
  progressIntervalMs: 100,
  /** Ended trainings that are still listed. */
  maxEndedTrainings: 16,
  /** Most events of a training, mainly epochs, kept for those who start to watch it later. */
  maxTrainingEvents: 10_000,
  /** Most characters of what a client calls itself that are kept. */
  maxClientName: 100,
  /** Longest path or name in a request, characters. */
  maxTrainingText: 4_096,
} as const;

/** Bounds of messages of the Open Inference Protocol, to and from servers. */
export const OPEN_INFERENCE_LIMITS = {
  /**
   * Largest JSON of a message, bytes. All of it is parsed at once, so it may not take long.
   * Tensors that follow it as bytes do not count.
   */
  maxJsonBytes: 4_194_304,
  /** Most input or output tensors of a message or a model. */
  maxTensors: 64,
  /** Most axes of a tensor. */
  maxAxes: 8,
  /** Longest name of a model, version, tensor or request, characters. */
  maxNameLength: 256,
} as const;

/** Bounds of counting on servers of the Open Inference Protocol. */
export const REMOTE_LIMITS = {
  maxServers: 64,
  /** Requests that each server has at a time: one computes while another is on its way. */
  requestsPerServer: 2,
  /** Most requests under way to all servers together. */
  maxRequests: 32,
  /** Longest time until a connection stands. */
  connectTimeoutMs: 10_000,
  /** Longest time from a request to the end of its answer, where the user gives no other. */
  requestTimeoutMs: 60_000,
  /** Failures after which a request is given up. With one server that takes about a minute. */
  maxFailures: 8,
  /** A server's rest after its first failure. It doubles with each failure that follows. */
  firstRestMs: 500,
  maxRestMs: 30_000,
  /** Longest rest that a server may ask for with Retry-After. */
  maxAskedRestMs: 60_000,
  /** Largest token or certificate file that is read, bytes. */
  maxFileBytes: 1_048_576,
  /** Most characters of a server's own words in a message. */
  maxServerWords: 300,
  /** Side of the frames that a server counts for a trial, pixels. */
  trialSide: 32,
  /** A server's maps may differ from those of this machine by this share of their largest value. */
  trialTolerance: 1e-3,
} as const;

/** Bounds of the daemon's door for clients of the Open Inference Protocol. */
export const DOOR_LIMITS = {
  /**
   * Largest request and largest answer, bytes. A float32 frame or map of 4096 x 4096 fits, with
   * room for what is around it. gRPC copies messages as a whole.
   */
  maxBodyBytes: 67_174_400,
  /** Largest JSON of a request, bytes; the same in one go takes some 30 ms to read. */
  maxRequestJsonBytes: 1_572_864,
  /** Most numbers of an answer's JSON, which take some 30 ms to write. */
  maxJsonNumbers: 65_536,
  /**
   * Most bytes of all requests and answers under way. Requests have half of it, and more of them
   * have to wait.
   */
  maxBytesUnderWay: 1_073_741_824,
  /** Most requests that wait until there is room for them. */
  maxWaitingRequests: 256,
  /** Most messages of gRPC that arrive at a time; any may become as long as the longest. */
  maxArrivingCalls: 8,
  /** Most connections that have shown a token, HTTP and gRPC together. */
  maxConnections: 256,
  /**
   * Most characters of an error over gRPC. It is a header there, in which a character may take nine
   * bytes, and clients that get more than 8 KiB of headers may wait for ever.
   */
  maxDetails: 700,
  /** Most calls of a gRPC connection at a time; its client waits before it begins another. */
  maxCallsPerConnection: 32,
  /** Most kinds of frames (model, size, type, wishes) of which a connection keeps streams open. */
  maxKinds: 8,
  /** Longest time that a request may take to arrive. */
  receiveTimeoutMs: 60_000,
  /** Longest time that a client may take nothing of an HTTP answer, or take to get one of gRPC. */
  sendTimeoutMs: 60_000,
  /** Time for which a connection of HTTP is kept that asks nothing more. */
  keepAliveMs: 120_000,
  /** Shortest and longest token of a file, characters. */
  minTokenLength: 16,
  maxTokenLength: 200,
  /** Most reasons of an answer why frames are unlike those of the training. */
  maxReasons: 8,
} as const;

/** Bounds of the daemon's status page. */
export const STATUS_LIMITS = {
  /** Most pages that are kept up to date at a time. */
  maxWatchers: 16,
  /** Time between two messages to a page, and between two pictures of a watched stream. */
  intervalMs: 1_000,
  /** Time after which models are looked for again while a page is open. */
  modelsIntervalMs: 10_000,
  /**
   * Most streams in a message, the newest ones; five minutes of all of them take a few ms to write.
   */
  maxStreams: 32,
  /** Ended streams that are still shown. */
  maxEndedStreams: 4,
  /** Lines of the log that are kept. */
  maxLogLines: 100,
  /** Most news of one training in one message; the rest comes with the next. */
  maxNews: 1_000,
  /** Time for which a link to the page is valid. It opens the page once. */
  ticketMs: 600_000,
  /** Most links that were given out and not used yet. */
  maxTickets: 16,
  /** Time for which an opened page stays valid: a week. */
  sessionMs: 604_800_000,
} as const;

/** Bounds of doctor, and the memory that it compares a machine's with. */
export const DOCTOR_LIMITS = {
  /**
   * Time after which a check counts as hanging.
   * A graphics card's first start may compile for half a minute, and machines are busy.
   */
  checkTimeoutMs: 120_000,
  /** Memory of a daemon that counts, and of a training: docs/performance.md. */
  countingBytes: 300_000_000,
  trainingBytes: 600_000_000,
} as const;

/** Bounds of devices: the trial of `auto`, and what is added for a device. */
export const DEVICE_LIMITS = {
  /**
   * Longest trial of a device that "auto" makes. A plugin that starts a daemon waits a minute for
   * it, and two devices are tried.
   */
  trialTimeoutMs: 20_000,
  /** Most bytes of a file, and of all files, that are taken out of wheels. */
  maxUnpackedBytes: 8_589_934_592,
  /** Most bytes of a wheel's own lists of files and versions. */
  maxListBytes: 16_777_216,
  /** Longest time that pip may take to fetch wheels: two gigabytes over a slow line. */
  fetchTimeoutMs: 3_600_000,
} as const;

/** Bounds of what is installed into a Fiji. */
export const FIJI_LIMITS = {
  /** Most files and folders of an archive. */
  maxArchiveEntries: 1_000,
  /** Most bytes of an unpacked archive: some hundred models. */
  maxArchiveBytes: 268_435_456,
  /** Longest path below the Fiji folder, characters; Windows allows 260 for the whole path. */
  maxPathLength: 200,
  /** Largest list of installed files that is read, bytes. */
  maxManifestBytes: 1_048_576,
  /** Levels of folders below plugins/ that are searched for jars; ImageJ itself searches fewer. */
  jarDepth: 4,
  /** Largest table of contents of a jar that is read, bytes. */
  maxJarDirectoryBytes: 16_777_216,
  /** Longest wait for an installation that is under way. */
  lockWaitMs: 5_000,
} as const;
