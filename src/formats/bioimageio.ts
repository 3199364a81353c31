import type { ModelFormat } from "./format.js";

/** The first bytes of every zip archive that is not empty. */
const ZIP_SIGNATURE = [0x50, 0x4b, 0x03, 0x04] as const;

/**
 * A model package of the BioImage Model Zoo (bioimage.io), a zip archive.
 * It holds ONNX weights with their description, a frame with its density map as test tensors, a
 * cover picture and documentation. The code that makes and reads it is loaded when it is needed:
 * otherwise every start of the program would wait for it.
 */
export const bioimageio: ModelFormat = {
  id: "bioimageio",
  title: "bioimage.io package",
  layout: "file",
  extensions: [".zip"],
  recognises: (head) => ZIP_SIGNATURE.every((byte, i) => head[i] === byte),
  read: async (path) => (await import("./bioimageio-package.js")).readPackage(path),
  exportOptions: [],
  encode: async (model) =>
    new Map([["", await (await import("./bioimageio-package.js")).encodePackage(model)]]),
};
