import { answerRequests } from "../base/worker-answers.js";
import { type KerasContent, type KerasRequest, readKerasFile } from "./keras-h5-reading.js";

answerRequests<undefined, KerasRequest, KerasContent | undefined>(
  () => readKerasFile,
  (content) => [...(content?.weights.values() ?? [])].map(({ data }) => data.buffer as ArrayBuffer),
);
