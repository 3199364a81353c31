import type { ModelFormat } from "./format.js";

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
  recognises: () => false,
  recognisesArchive: (names) => names.some((name) => /(^|\/)(rdf|bioimageio)\.yaml$/.test(name)),
  read: async (path) => (await import("./bioimageio-package.js")).readPackage(path),
  exportOptions: [],
  encode: async (model) =>
    new Map([["", await (await import("./bioimageio-package.js")).encodePackage(model)]]),
};
