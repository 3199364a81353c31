import { workInThread } from "../base/thread-work.js";
import { makeTunedModel, type TunedModel, type TunedModelEvent, type TuningSettings } from "./tuned-model.js";

await workInThread<TuningSettings, TunedModelEvent, TunedModel>((settings, onEvent, signal) =>
  makeTunedModel(settings, { onEvent, signal }),
);
