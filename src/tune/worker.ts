import { answerRequests } from "../base/worker-answers.js";
import { makeTunedModel, type TunedModel, type TunedModelEvent, type TuningSettings } from "./tuned-model.js";

answerRequests<undefined, TuningSettings, TunedModel, TunedModelEvent>(
  () => (settings, onEvent, signal) => makeTunedModel(settings, { onEvent, signal }),
);
