// Counts the molecules in every frame of the stack in front, and prints their mean and the fullest frame.
// Install with Plugins > Macros > Install..., or run with Plugins > Macros > Run...

if (nImages == 0)
    exit("Open a stack of frames first.");
title = getTitle();
frames = nSlices;

firstRow = nResults;
run("Density map...", "model=defcon");

sum = 0;
fullest = 0;
most = -1;
for (frame = 1; frame <= frames; frame++) {
    count = getResult("Exact count", firstRow + frame - 1);
    sum += count;
    if (count > most) {
        most = count;
        fullest = frame;
    }
}
print(title + ": " + d2s(sum / frames, 2) + " molecules per frame, at most " + d2s(most, 2) + " in frame " + fullest);
