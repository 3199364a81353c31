import assert from "node:assert/strict";
import { test } from "node:test";
import { announcedPages, parseOmeDescription } from "../../../src/frames/tif/ome-description.js";

/** An image of two channels and three times, as OME's documentation lays one out in several files. */
function description(planes: readonly string[], order = "XYZCT"): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">
<Pixels ID="Pixels:0" DimensionOrder="${order}" Type="uint16" SizeX="4" SizeY="3" SizeC="2" SizeZ="1" SizeT="3" PhysicalSizeX="0.1">
${planes.join("\n")}</Pixels></Image></OME>`;
}

const plane = (channel: number, time: number, ifd: number, file: string) =>
  `<TiffData FirstC="${channel}" FirstT="${time}" IFD="${ifd}" PlaneCount="1"><UUID FileName="${file}">urn:uuid:1</UUID></TiffData>`;

const places = (text: string, frames: number, file: string) =>
  parseOmeDescription(text, { file, frames, samples: 1 })?.positions?.map(
    ({ channel, slice, time }) => `${channel} ${slice} ${time}`,
  );

test("the frames of each of an image's files have the places that their description tells", () => {
  const byChannel = description([0, 1].flatMap((c) => [0, 1, 2].map((t) => plane(c, t, t, `c${c}.ome.tif`))));
  assert.deepEqual(places(byChannel, 3, "c0.ome.tif"), ["1 1 1", "1 1 2", "1 1 3"]);
  assert.deepEqual(places(byChannel, 3, "c1.ome.tif"), ["2 1 1", "2 1 2", "2 1 3"]);
  const byTime = description([
    plane(0, 0, 1, "a.ome.tif"),
    plane(1, 0, 0, "a.ome.tif"),
    `<TiffData FirstT="1" PlaneCount="4"><UUID FileName="b.ome.tif">urn:uuid:2</UUID></TiffData>`,
  ]);
  assert.deepEqual(places(byTime, 2, "a.ome.tif"), ["2 1 1", "1 1 1"]);
  assert.deepEqual(places(byTime, 4, "b.ome.tif"), ["1 1 2", "2 1 2", "1 1 3", "2 1 3"]);
});

test("a file that the description does not name, or not for every frame, has no places", () => {
  const text = description([plane(0, 0, 0, "a.ome.tif"), plane(1, 0, 1, "a.ome.tif")]);
  assert.equal(places(text, 2, "renamed.ome.tif"), undefined);
  assert.equal(places(text, 3, "a.ome.tif"), undefined);
  assert.equal(places(text, 1, "a.ome.tif"), undefined, "more planes than frames");
  const twice = description([plane(0, 0, 0, "a.ome.tif"), plane(0, 0, 1, "a.ome.tif")]);
  assert.equal(places(twice, 2, "a.ome.tif"), undefined);
  assert.deepEqual(
    parseOmeDescription(text, { file: "renamed.ome.tif", frames: 2, samples: 1 })?.calibration,
    {
      ...{ pixelWidth: 0.1, unit: "µm" },
    },
  );
});

test("a whole image in one file has its places whatever the file is called", () => {
  const planes = [0, 1, 2].flatMap((t) => [0, 1].map((c) => plane(c, t, 2 * t + c, "old-name.ome.tif")));
  assert.deepEqual(places(description(planes), 6, "new-name.ome.tif"), [
    ...["1 1 1", "2 1 1", "1 1 2", "2 1 2", "1 1 3", "2 1 3"],
  ]);
});

test("the number of pages is that of the planes; several values a pixel are one page", () => {
  assert.equal(announcedPages(description([]), 1), 6);
  assert.equal(announcedPages(description([]), 2), 3);
  assert.equal(announcedPages("", 1), undefined);
  assert.equal(announcedPages("<OME><Pixels SizeT='7'/></OME>", 1), 7);
});
