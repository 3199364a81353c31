"""corpus_tables.py OUT_DIR: frames, tables of their molecules as other programs write them, and cases.json with what is right.

Frames are drawn by NumPy: 40 of them, 48 x 32, four molecules each at new places, on noise. A table is right if "dataset add" takes it without a warning
("absent" has the words that must not be printed): the program compares tables with frames, and half a pixel or a frame off is told. What is wrong with
other tables must be named in the error.
"""
import json
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import tifffile

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
FRAMES, HEIGHT, WIDTH, MOLECULES, PIXEL = 40, 32, 48, 4, 107
rng = np.random.default_rng(118)
y, x = np.mgrid[0:HEIGHT, 0:WIDTH] + 0.5
frames = np.full((FRAMES, HEIGHT, WIDTH), 100.0) + rng.normal(0, 4, (FRAMES, HEIGHT, WIDTH))
truth = []
for frame in range(FRAMES):
    for _ in range(MOLECULES):
        at = (rng.uniform(2, WIDTH - 2), rng.uniform(2, HEIGHT - 2))
        photons = rng.uniform(600, 900)
        frames[frame] += photons * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / 2.88) / (2.88 * np.pi)
        truth.append((frame, *at, photons))
stack = frames.clip(0).round().astype("uint16")
tifffile.imwrite(out / "frames.tif", stack, imagej=True, resolution=(1000 / PIXEL, 1000 / PIXEL), metadata={"unit": "um", "axes": "TYX"})
tifffile.imwrite(out / "plain.tif", stack, photometric="minisblack")
# Molecules with positions in pixels from the corner of the first one.
T = pd.DataFrame(truth, columns=["frame", "x", "y", "photons"])
# Without molecules in the first and the last frame, so that a frame more or less stays within the stack.
INNER = T[(T.frame > 0) & (T.frame < FRAMES - 1)]
cases = []
COUNT, INNER_COUNT = len(T), len(INNER)


def write(name, text, encoding="utf-8"):
    (out / name).write_bytes(text.encode(encoding))


def csv(table, **options):
    return table.to_csv(index=False, float_format="%.4f", **options)


def add(name, what, table, *options, frames="frames.tif", output=(), error=None):
    """A case of dataset add: with its own part of one set, so that the cases do not depend on each other."""
    words = {"error": list(error)} if error else {"output": list(output)}
    if not error and "warning:" not in output:
        words["absent"] = ["warning"]
    set_path = "{dir}/" + f"set{len(cases)}.h5"
    with h5py.File(out / f"set{len(cases)}.h5", "w") as file:
        for group in ("input", "target", "seg_map"):
            file.create_group(group)
    cases.append(
        {
            "case": name,
            "what": what,
            "file": table,
            "run": ["dataset", "add", set_path, "part", "{dir}/" + frames, "{dir}/" + table, *options],
            **words,
        }
    )


def taken(read_as, count=COUNT):
    return [f"{count} emitters", f"read as {read_as}"]


plain = pd.DataFrame({"frame": T.frame + 1, "x": T.x, "y": T.y, "brightness": T.photons})
write("plain.csv", csv(plain))
add("plain", "frame, x, y, brightness", "plain.csv", output=taken("plain: frames from 1, 0 at the corner"))
sass = pd.DataFrame({"frame": T.frame + 1, "id": T.index, "x": T.x - 0.5, "y": T.y - 0.5, "z": 0.0, "brightness": T.photons, "time_on": T.photons / 2500})
write("sass.csv", csv(sass))
add("sass", "the frame logger of SASS", "sass.csv", output=taken("SASS': frames from 1, 0 at the centre"))
storm = pd.DataFrame(
    {
        "id": T.index + 1,
        "frame": T.frame + 1,
        "x [nm]": T.x * PIXEL,
        "y [nm]": T.y * PIXEL,
        "sigma [nm]": 128.0,
        "intensity [photon]": T.photons,
        "offset [photon]": 10.0,
        "bkgstd [photon]": 4.0,
        "uncertainty [nm]": 9.0,
    }
)
write("thunderstorm.csv", csv(storm, quoting=2))
add("thunderstorm", "ThunderSTORM, nm, pixels by the tif's calibration", "thunderstorm.csv", output=taken("ThunderSTORM's"))
add("thunderstorm without calibration", "the same, for a tif that is not calibrated", "thunderstorm.csv", frames="plain.tif", error=["the pixel size, as positions are in nm", "--pixel-size NM"])
add("thunderstorm with a pixel size", "the same, with --pixel-size", "thunderstorm.csv", "--pixel-size", str(PIXEL), frames="plain.tif", output=taken("ThunderSTORM's"))
write("adu.csv", csv(storm.rename(columns={"intensity [photon]": "intensity [ADU]"}), quoting=2))
add("intensity in ADU", "ThunderSTORM without a calibrated camera", "adu.csv", output=["threshold of 250 photons was not applied"])
add("intensity in ADU, threshold", "the same, with --threshold", "adu.csv", "--threshold", "700", output=["the threshold of 700 was applied in that unit"])
picasso = pd.DataFrame({"frame": T.frame, "x": T.x - 0.5, "y": T.y - 0.5, "photons": T.photons, "sx": 1.2, "sy": 1.2, "bg": 10.0, "lpx": 0.1, "lpy": 0.1})
write("picasso.csv", picasso.to_csv(float_format="%.4f"))
add("picasso csv", "Picasso's hdf2csv, with pandas' index", "picasso.csv", output=taken("Picasso's: frames from 0, 0 at the centre"))
with h5py.File(out / "picasso.hdf5", "w") as file:
    file.create_dataset("locs", data=picasso.astype("f4").astype({"frame": "u4"}).to_records(index=False))
add("picasso hdf5", "Picasso's localisations, an array of records", "picasso.hdf5", output=taken("Picasso's: frames from 0, 0 at the centre"))
with h5py.File(out / "no_table.hdf5", "w") as file:
    file["frames"] = stack[:2]
add("hdf5 without a table", "frames instead of localisations", "no_table.hdf5", error=["a table locs with named columns"])
smap = pd.DataFrame({"xnm": (T.x + 0.5) * PIXEL, "ynm": (T.y + 0.5) * PIXEL, "znm": 0.0, "frame": T.frame + 1, "locprecnm": 9.0, "phot": T.photons, "bg": 10.0})
write("smap.csv", csv(smap))
add("smap", "SMAP's export of coordinates", "smap.csv", output=taken("SMAP's: frames from 1, 1 at the centre"))
field = '<field identifier="{0}" syntax="{1}" semantic="{2}" unit="{3}" min="0" />'.format
description = "".join(
    [
        field("Position-0-0", "floating point with . for decimals and optional scientific e-notation", "position in sample space in X", "nanometer"),
        field("Position-1-0", "floating point with . for decimals and optional scientific e-notation", "position in sample space in Y", "nanometer"),
        field("ImageNumber-0-0", "integer", "frame number", "frame"),
        field("Amplitude-0-0", "floating point with . for decimals and optional scientific e-notation", "emission strength", "A/D count"),
    ]
)
lines = [f"{(m.x - 0.5) * PIXEL:.6g} {(m.y - 0.5) * PIXEL:.6g} {m.frame} {3 * m.photons:.6g}" for m in T.itertuples()]
write("rapidstorm.txt", f'# <localizations insequence="true" repetitions="variable">{description}</localizations>\n' + "\n".join(lines) + "\n")
add("rapidstorm", "rapidSTORM's localizations, separated by spaces", "rapidstorm.txt", output=taken("rapidSTORM's: frames from 0, 0 at the centre"))
gdsc = "\n".join(
    f"{m.frame + 1}\t{int(m.x)}\t{int(m.y)}\t{m.photons:.2f}\t0.9\t4.0\t10.0\t{m.photons:.2f}\t0.0\t{m.x:.4f}\t{m.y:.4f}\t1.2\t1.2\t9.0" for m in T.itertuples()
)
write("gdsc.txt", "#Localisation Results File\n#FileVersion Text.D0.E0.V2\n\n#Name Image (LSE)\n#Bounds x0 y0 w48 h32\n#Calibration <gdsc.smlm.results.Calibration><nmPerPixel>107.0</nmPerPixel></gdsc.smlm.results.Calibration>\n#Frame\torigX\torigY\torigValue\tError\tNoise\tBackground\tSignal\tAngle\tX\tY\tX SD\tY SD\tPrecision (nm)\n" + gdsc + "\n")
add("gdsc-smlm", "GDSC-SMLM's results, columns in the last comment", "gdsc.txt", output=taken("GDSC-SMLM's: frames from 1, 0 at the corner"))
decode = pd.DataFrame({"x": T.y - 0.5, "y": T.x - 0.5, "z": 0.0, "phot": T.photons, "frame_ix": T.frame, "id": T.index, "prob": 0.9, "bg": 10.0})
comments = '# DECODE EmitterSet\n# {"version": "v0.10.1"}\n# {"xy_unit": "px", "px_size": [107.0, 107.0]}\n'
write("decode.csv", comments + csv(decode))
add("decode", "DECODE's emitters, x down the rows", "decode.csv", output=[*taken("DECODE's: frames from 0, 0 at the centre"), "x runs down the rows"])
write("decode_nm.csv", comments.replace('"px"', '"nm"') + csv(decode.assign(x=decode.x * PIXEL, y=decode.y * PIXEL)))
add("decode in nm", "the same in nm, which the comments say", "decode_nm.csv", output=taken("DECODE's"))
write("decode_along.csv", csv(decode.rename(columns={"x": "y", "y": "x"})))
add("decode, x along the rows", "DECODE's columns by another program", "decode_along.csv", output=["x runs along the rows, as the frames show"])
write("challenge.csv", "Ground-truth,frame,xnano,ynano,znano,intensity \n" + "".join(f"{m.Index + 1}, {m.frame + 1}, {m.x * PIXEL:.2f}, {m.y * PIXEL:.2f}, 0, {m.photons:.2f}\n" for m in T.itertuples()))
add("smlm challenge", "activations.csv of the SMLM challenge", "challenge.csv", output=taken("the SMLM challenge's: frames from 1, 0 at the corner"))

# Ways to write text.
semicolons = csv(plain, sep=";", decimal=",")
write("semicolons.csv", semicolons)
add("decimal commas, semicolons", "Excel where commas are decimal", "semicolons.csv", output=taken("plain"))
write("sep.csv", "sep=;\n" + semicolons)
add("sep=;", "Excel's line that names the separator", "sep.csv", output=taken("plain"))
write("quoted.csv", csv(plain.map(lambda value: f"{value:.4f}".replace(".", ",")), quoting=1).replace(",0000", ""))
add("decimal commas in quotes", "commas within and between numbers", "quoted.csv", output=taken("plain"))
for encoding in ("utf-8-sig", "utf-16"):
    write(f"{encoding}.csv", csv(plain), encoding)
    add(encoding, "a byte order mark", f"{encoding}.csv", output=taken("plain"))
write("utf-16-be.csv", csv(plain), "utf-16-be")
add("utf-16-be", "UTF-16 without a byte order mark", "utf-16-be.csv", output=taken("plain"))
write("hash.csv", "# measured by hand\n" + csv(plain).replace("\n2,", "\n# next\n2,", 1))
add("# lines", "comments above and between rows", "hash.csv", output=taken("plain"))
np.savetxt(out / "numpy.txt", plain.to_numpy(), header="frame x y brightness")
add("numpy.savetxt", "the head in a comment, spaces between", "numpy.txt", output=taken("plain"))
write("tabs.tsv", csv(plain, sep="\t"))
add("tabs", "columns separated by tabs", "tabs.tsv", output=taken("plain"))
write("nameless.csv", csv(plain, header=False))
add("no head", "numbers alone", "nameless.csv", error=["4 columns without names", "--columns frame=1,x=2,y=3"])
add("no head, --columns", "the same, with the columns' numbers", "nameless.csv", "--columns", "frame=1,x=2,y=3,brightness=4", output=taken("plain"))
own = plain.rename(columns={"frame": "t", "x": "col", "y": "row", "brightness": "n"}).assign(t=T.frame, col=T.x * PIXEL - PIXEL / 2, row=T.y * PIXEL - PIXEL / 2)
write("own.csv", csv(own))
add("--columns, --frames-from, --unit, --origin", "a table of one's own", "own.csv", "--columns", "frame=t,x=col,y=row,brightness=n", "--frames-from", "0", "--unit", "nm", "--origin", "centre", output=taken("plain: frames from 0, 0 at the centre"))

# Rows that do not fit their head.
write("commas.csv", "frame,x,y\n1,10,5,20,5\n")
add("decimal commas without quotes", "frame,x,y with 1,10,5,20,5", "commas.csv", error=["commas.csv, line 2: expected 3 fields", "found 5 fields: 1,10,5,20,5", "decimal commas"])
write("r.csv", '"frame","x","y"\n"1",1,10.5,20.5\n"2",1,11.5,6.5\n')
add("row names of R", "write.table(…, sep = \",\")", "r.csv", error=["line 2: expected 3 fields", "found 4 fields", "row.names = FALSE"])
write("r.txt", '"frame" "x" "y"\n"1" 1 10.5 20.5\n')
add("row names of R, spaces", "write.table(…)", "r.txt", error=["found 4 fields", "row.names = FALSE"])
write("write_csv.csv", '"","frame","x","y"\n' + "".join(f'"{m.Index + 1}",{m.frame + 1},{m.x:.4f},{m.y:.4f}\n' for m in T.itertuples()))
add("write.csv of R", "row names with an empty head", "write_csv.csv", output=taken("plain"))
write("short.csv", "frame,x,y\n1,3,4\n2,5\n")
add("a short row", "a row that was cut", "short.csv", error=["line 3: expected 3 fields", "found 2 fields: 2,5"])
write("workbook.csv", "PK\x03\x04 and so on")
add("a workbook", "an Excel file called .csv", "workbook.csv", error=["Save the sheet as CSV"])

# Tables that do not fit the frames.
inner = pd.DataFrame({"frame": INNER.frame + 1, "x": INNER.x, "y": INNER.y})
write("from_zero.csv", csv(plain.assign(frame=T.frame)))
add("frames from 0", "frame 0 in a table that counts from 1", "from_zero.csv", error=["a frame from 1 to 40, found 0", "4 of 160 rows", "--frames-from 0"])
write("inner_from_zero.csv", csv(inner.assign(frame=INNER.frame)))
add("frames from 0, all within", "the same without molecules in the first frame", "inner_from_zero.csv", error=["frames numbered from 0", "Say --frames-from 0"])
add("--frames-from 0", "the same, said", "inner_from_zero.csv", "--frames-from", "0", output=taken("plain: frames from 0", INNER_COUNT))
swapped = inner.assign(x=INNER.y, y=INNER.x.clip(upper=HEIGHT + 1))
write("swapped.csv", csv(swapped))
add("x and y swapped", "rows and columns in each other's place", "swapped.csv", error=["x and y swapped", "--columns x=y,y=x"])
write("nm.csv", csv(inner.assign(x=INNER.x * PIXEL, y=INNER.y * PIXEL)))
add("nm taken for pixels", "x and y in nm without a unit", "nm.csv", error=["Positions are in pixels", "positions in nm", "--unit nm"])
add("--unit nm", "the same, said", "nm.csv", "--unit", "nm", output=taken("plain", INNER_COUNT))
write("px_as_nm.csv", csv(pd.DataFrame({"frame": INNER.frame + 1, "xnm": INNER.x, "ynm": INNER.y})))
add("pixels taken for nm", "pixels in columns of nm", "px_as_nm.csv", error=["positions in pixels", "--unit px"])
write("other.csv", csv(inner.assign(x=rng.uniform(0, WIDTH, INNER_COUNT), y=rng.uniform(0, HEIGHT, INNER_COUNT))))
add("another stack's table", "no spot under most emitters", "other.csv", output=["warning:", "50 % is chance", "Does the table belong to these frames?"])
write("half.csv", csv(inner.assign(x=INNER.x - 0.5, y=INNER.y - 0.5)))
add("half a pixel", "pixel centres at whole numbers, without a format that says so", "half.csv", output=["warning:", "pixels right of", "Say --origin centre"])

(out / "cases.json").write_text(json.dumps(cases, indent=1))
