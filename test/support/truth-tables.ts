import type { TruthFormatName } from "../../src/dataset/truth/truth-formats.js";

/**
 * Tables that put a molecule at the centre of column 6 and row 4 of the second frame, with pixels
 * of 100 nm, each as its program writes it.
 */
export const TRUTH_TABLES: Record<TruthFormatName, string> = {
  plain: "frame,x,y,brightness\n2,6.5,4.5,900\n",
  sass: "frame,id,x,y,z,brightness,time_on\n2,46,6.0000,4.0000,0.0000,900.0000,0.3600\n",
  thunderstorm:
    '"id","frame","x [nm]","y [nm]","sigma [nm]","intensity [photon]","offset [photon]","bkgstd [photon]","uncertainty [nm]"\n1,2,650,450,130,900,10,2,8\n',
  picasso: ",frame,x,y,photons,sx,sy,bg,lpx,lpy\n0,1,6,4,900,1,1,5,0.1,0.1\n",
  smap: "xnm,ynm,znm,frame,locprecnm,phot,bg\n700,500,0,2,8,900,10\n",
  rapidstorm:
    '# <localizations insequence="true" repetitions="variable"><field identifier="Position-0-0" syntax="floating point with . for decimals and optional scientific e-notation" semantic="position in sample space in X" unit="nanometer" min="0 m" max="1.9e-006 m" /><field identifier="Position-1-0" syntax="floating point with . for decimals and optional scientific e-notation" semantic="position in sample space in Y" unit="nanometer" min="0 m" max="9e-007 m" /><field identifier="ImageNumber-0-0" syntax="integer" semantic="frame number" unit="frame" min="0 fr" /><field identifier="Amplitude-0-0" syntax="floating point with . for decimals and optional scientific e-notation" semantic="emission strength" unit="A/D count" /></localizations>\n600 400 1 900 \n',
  "gdsc-smlm":
    "#Localisation Results File\n#FileVersion Text.D0.E0.V3\n\n#Bounds x0 y0 w20 h10\n#Frame\torigX\torigY\torigValue\tError\tNoise (photon)\tMean (photon)\tBackground (photon)\tIntensity (photon)\tX (px)\tY (px)\tZ (px)\tSX (px)\n2\t6\t4\t300.0\t0.9\t2.1\t30.0\t10.0\t900.0\t6.5\t4.5\t0.0\t1.2\n",
  decode:
    '# DECODE EmitterSet\n# {"version": "0.10.1"}\n# {"xy_unit": "px", "px_size": [100.0, 100.0]}\nx,y,z,phot,frame_ix,id,prob,bg\n4.0,6.0,0.0,900.0,1,0,0.99,10.0\n',
  "smlm-challenge": "Ground-truth,frame,xnano,ynano,znano,intensity \n1, 2, 650, 450, -30, 900\n",
};
