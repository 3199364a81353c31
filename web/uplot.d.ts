// The daemon serves the library as uplot.js.
import uPlot from "uplot";

export default uPlot;
