import type { Engine } from "../../src/engine/engine.js";
import { type NamedDevice, startOnnxRuntime } from "../../src/engine/onnxruntime.js";
import { stageDropouts } from "../../src/graph/training.js";
import { defcon } from "../../src/model/defcon.js";
import { initialWeights } from "../../src/train/initial-weights.js";
import { TRAINING_DEFAULTS } from "../../src/train/settings.js";
import { gatherParameters, planStages } from "../../src/train/stages.js";

/** One step of a stage from the same start: its loss, and Adam's mean of the gradient, which is a tenth of it. */
export interface OneStep {
  stage: string;
  loss: number;
  mean: Float32Array;
}

const [COUNT, SIDE] = [2, 16];

export async function oneStep(engine: Engine): Promise<OneStep[]> {
  const weights = initialWeights(defcon, 1);
  const wave = (factor: number) =>
    Float32Array.from({ length: COUNT * SIDE * SIDE }, (_, i) => (1 + Math.sin(factor * i)) / 2);
  const densityTarget = wave(0.13).map((value) => value ** 8);
  const steps: OneStep[] = [];
  for (const stage of planStages(defcon, { ...TRAINING_DEFAULTS, set: "", output: "", checkpoints: "" })) {
    const parameters = gatherParameters(stage, weights);
    const [mean, square] = [new Float32Array(parameters.length), new Float32Array(parameters.length)];
    const training = await engine.prepareTraining(stage, { parameters, mean, square });
    const dropout = new Map(
      stageDropouts(stage).map(({ name, channels, scale }) => {
        const length = (COUNT * channels * SIDE * SIDE) / scale ** 2;
        return [name, Float32Array.from({ length }, (_, i) => (i % 2 ? 2 : 0))];
      }),
    );
    const batch = {
      shape: [COUNT, SIDE, SIDE] as const,
      input: wave(0.7),
      segmentationTarget: densityTarget.map((value) => (value > 0.2 ? 1 : 0)),
      densityTarget,
    };
    const loss = await training.step(batch, dropout, 1e-3);
    steps.push({ stage: stage.name, loss, mean: training.state().mean });
    await training.dispose();
  }
  return steps;
}

// As a program: prints the steps of ONNX Runtime on the device that it is given.
if (process.argv[2]) {
  const steps = await oneStep(await startOnnxRuntime(process.argv[2] as NamedDevice));
  console.log(JSON.stringify(steps.map((step) => ({ ...step, mean: [...step.mean] }))));
}
