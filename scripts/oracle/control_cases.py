"""control_cases.py [--out FILE]: what a controller must do with given readings, in test/data/control/cases.json.

Both controllers, in TypeScript and in Java, are tested with these cases. The rules are written here once more, from docs/control.md, with numpy's means
and deviations. Nothing is shared with the product. Most cases can be followed by hand: readings of 4 and then of 8 every 0.1 s, with the output doubled
between them, tell a gain of 1, a lag of 0.1 s and no scatter. The proportional constant is then 0.1 / (0.1 + 2 x 0.1) = 1/3, and a reading that is a
share e below the set point changes the logarithm of the output by (e - e_before + e) / 3.

A case has settings and events. An event is a call with its arguments, and what the controller wants afterwards: [output, state, reason].
    read [time, reading]    reading null: not a number
    wait [time]             change {settings}            lose []            end []
"""

import argparse
import json
import math
import pathlib

import numpy as np

DEFAULTS = dict(mode="pi", outputMin=0, outputMax=100, safeOutput=0, maxChange=5, deadband=0.03, lostAfter=2, implausibleAbove=20)


class Oracle:
    def __init__(self, settings):
        self.s = {**DEFAULTS, **settings}
        self.s.setdefault("output", self.s["outputMin"] + 0.1 * (self.s["outputMax"] - self.s["outputMin"]))
        self.inner = self.out = self.s["output"]
        self.state, self.why = ("manual" if self.s["mode"] == "manual" else "waiting"), ""
        self.last = None
        self.good = self.bad = 0
        self.tuning = self.known = self.err = None
        self.window = []

    def floor(self):
        return max(self.s["outputMin"], self.s["outputMax"] / 1000)

    def safe(self, why):
        self.why = "ended" if self.why == "ended" else why
        self.state, self.out, self.good = "safe", self.s["safeOutput"], 0
        self.tuning = self.err = None
        self.window = []

    def towards(self, goal, dt, dead):
        s = self.s
        step = s["maxChange"] * (s["outputMax"] - s["outputMin"]) * dt
        self.inner = goal if abs(goal - self.inner) <= step else self.inner + math.copysign(step, goal - self.inner)
        if self.inner <= self.floor():
            self.out = s["outputMin"]
        elif self.inner == s["outputMax"] or abs(self.inner - self.out) > dead * self.out:
            self.out = self.inner

    def read(self, time, reading):
        s, reading = self.s, math.nan if reading is None else reading
        if self.why == "ended":
            return
        dt = 0 if self.last is None else time - self.last
        self.last = time
        if s["mode"] == "manual":
            return
        fits = 0 <= reading <= s["implausibleAbove"] * s["setPoint"]
        self.good, self.bad = (self.good + 1, 0) if fits else (0, self.bad + 1)
        if self.bad >= 3:
            self.safe("implausible readings")
        if not fits:
            return
        if self.state == "safe":
            if self.why == "no effect" or self.good < 10:
                return
            self.inner = min(s["outputMax"], max(self.floor(), s["safeOutput"]))
            self.why = ""
        clip = lambda value: float(np.clip(value, self.floor(), s["outputMax"]))
        if s["mode"] == "inverse-threshold":
            self.state = "holding"
            self.window = (self.window + [reading])[-10:]
            mean = np.mean(self.window)
            self.towards(clip(s["output"] * s["setPoint"] / mean) if mean > 0 else s["outputMax"], dt, s["deadband"])
        elif self.known is None:
            self.state = "tuning"
            self.step_test(time, reading, dt, clip)
        else:
            self.state = "holding"
            gain, lag, every, scatter = self.known
            e = max(-3, 1 - reading / s["setPoint"])
            before = e if self.err is None else self.err
            self.err = e
            slowest = max(lag, lag * scatter / 0.1)
            kp = lag / gain / (slowest + 2 * every)
            self.towards(clip(self.inner * math.exp(kp * (e - before) + kp / lag * min(dt, lag) * e)), dt, s["deadband"])

    def step_test(self, time, reading, dt, clip):
        t = self.tuning
        if t is None:
            t = self.tuning = dict(goal=clip(self.s["output"]), first=clip(self.s["output"]), before=None, steps=0, seen=[])
        t["seen"].append((time, reading))
        n, values = len(t["seen"]), np.array([value for _, value in t["seen"]], float)
        if self.inner == t["goal"] and n >= 20 and n % 10 == 0:
            level = lambda part: (part.mean(), part.std(ddof=1), part.std(ddof=1) / math.sqrt(len(part)))
            old, new = level(values[-20:-10]), level(values[-10:])
            agree = abs(old[0] - new[0]) <= 3 * math.hypot(old[2], new[2])
            if agree or n >= 80:
                now = level(values[-20:]) if agree else new
                start = t["before"]
                run = math.log(t["goal"] / t["first"])
                least = 0.5 / n
                differs = start is not None and abs(now[0] - start[0]) > 3 * math.hypot(now[2], start[2])
                rise = math.log(max(now[0], least) / max(start[0], least)) if differs else 0
                if rise * run > 0:
                    times = [when for when, _ in t["seen"]]
                    every = (times[-1] - times[0]) / (n - 1)
                    lag = every * np.sum(now[0] - values) / (now[0] - start[0])
                    self.known = (float(np.clip(rise / run, 0.2, 3)), float(min(times[-1] - times[0], max(every, lag))), every, now[1] / max(now[0], least))
                    self.state = "holding"
                elif t["steps"] == 4:
                    return self.safe("no effect")
                else:
                    way = t.get("way") or (2 if now[0] < self.s["setPoint"] else 0.5)
                    way = 1 / way if clip(t["goal"] * way) == t["goal"] else way
                    t.update(goal=clip(t["goal"] * way), way=way, before=start or now, steps=t["steps"] + 1, seen=[])
        self.towards(t["goal"], dt, 0)

    def wait(self, time):
        self.last = time if self.last is None else self.last
        if self.s["mode"] != "manual" and time - self.last > self.s["lostAfter"]:
            self.safe("no readings")

    def lose(self):
        if self.s["mode"] != "manual":
            self.safe("no daemon")

    def end(self):
        self.safe("ended")

    def change(self, **new):
        switched = new.get("mode", self.s["mode"]) != self.s["mode"]
        kept = self.out if switched else self.s["output"]
        self.s = {**self.s, **new}
        self.s["output"] = new.get("output", min(self.s["outputMax"], max(self.s["outputMin"], kept)))
        self.err = None
        if self.why == "ended":
            return
        if switched:
            self.tuning, self.window, self.why, self.good, self.bad = None, [], "", 0, 0
            self.inner = self.out = self.s["output"]
            self.state = "holding" if self.known and self.s["mode"] == "pi" else "waiting"
        if self.s["mode"] == "manual":
            self.state, self.inner, self.out = "manual", self.s["output"], self.s["output"]
        elif self.state == "safe":
            self.out = self.s["safeOutput"]
        else:
            self.inner = float(np.clip(self.inner, self.floor(), self.s["outputMax"]))
            self.out = min(self.s["outputMax"], max(self.s["outputMin"], self.out))


def times(first, values, every=0.1):
    return [("read", [round(first + every * i, 6), value]) for i, value in enumerate(values)]


# 40 readings that tune: gain 1, lag 0.1 s, no scatter. The output is 20 after them, the set point is 8, and the next reading comes at 4.0 s.
TUNE = times(0, [4.0] * 20 + [8.0] * 20)
PI = dict(setPoint=8, output=10)
WAVE = [0, 1, 0, -1]
CASES = {
    "by hand the output stays where it is put, whatever the readings": (
        dict(mode="manual", setPoint=8, output=30, outputMax=50, safeOutput=1),
        times(0, [0, 4, None, None, None, 1e9]) + [("wait", [60]), ("lose", []), ("change", {"output": 45}), ("change", {"outputMax": 40}), ("end", []), ("change", {"output": 5})],
    ),
    "a step of the output tells gain and lag": (PI, TUNE + times(4, [8.0, 8.0, 4.0, 4.0, 8.0])),
    "a sample that lags and scatters is held more slowly": (
        dict(setPoint=12, output=10),
        times(0, [5 + 0.5 * WAVE[i % 4] for i in range(20)] + [round(10 - 5 * math.exp(-i / 8), 9) + WAVE[i % 4] for i in range(80)] + [10.0] * 10 + [14.0] * 10, 0.05),
    ),
    "readings above the set point are tuned with half the output": (PI | dict(setPoint=2), times(0, [16.0] * 20 + [8.0] * 20 + [4.0] * 5)),
    "an output without effect is tried four times, and is safe then": (
        PI | dict(safeOutput=2), times(0, [4.0] * 110) + [("change", {"setPoint": 9}), ("change", {"mode": "manual"}), ("change", {"mode": "pi"})] + times(11, [4.0]),
    ),
    "a step that chance hides is followed by another in the same direction": (
        PI, times(0, [9.0] * 20 + [9.0] * 10 + [7.0] * 10 + [7.0] * 40 + [4.0] * 20 + [4.0] * 4),
    ),
    "a step at the limit goes the other way": (PI | dict(output=80), times(0, [4.0] * 20 + [4.0] * 20 + [2.0] * 22)),
    "readings that fall while the output rises tell nothing": (PI, times(0, [4.0] * 20 + [3.0] * 20 + [8.0] * 22)),
    "nothing winds up at the greatest output": (PI | dict(outputMax=40), TUNE + times(4, [2.0] * 30 + [10.0, 10.0, 12.0])),
    "nothing winds up at the least output": (PI | dict(outputMin=5), TUNE + times(4, [16.0] * 30 + [6.0, 6.0])),
    "an output of 0 can be left again": (PI, TUNE + times(4, [30.0] * 30 + [0.0] * 30)),
    "the output changes no faster than it may": (PI | dict(maxChange=0.1), times(0, [4.0] * 20 + [8.0] * 40) + times(6, [0.0] * 8 + [24.0] * 8)),
    "changes within the deadband are not made, and are not lost": (PI | dict(deadband=0.05), TUNE + times(4, [8.0, 7.6, 7.6, 7.6, 7.6, 8.4, 8.4, 8.4])),
    "a burst moves the output as one of four set points would": (PI, TUNE + times(4, [8.0, 32.0, 8.0]) + times(4.3, [100.0, 8.0])),
    "without readings the output is safe, and goes on after ten of them": (
        PI | dict(safeOutput=1), TUNE + [("wait", [5.0]), ("wait", [5.9]), ("wait", [6.0])] + times(6.1, [0.0] * 9) + [("wait", [10.0])] + times(10.1, [0.0] * 14),
    ),
    "without a first reading the output is safe too": (PI | dict(lostAfter=0.5), [("wait", [0.0]), ("wait", [0.5]), ("wait", [0.6])] + times(1, [4.0] * 11)),
    "a lost daemon makes the output safe": (PI | dict(safeOutput=3), TUNE + [("lose", []), ("wait", [4.5])] + times(5, [4.0] * 12)),
    "the third implausible reading in a row makes the output safe": (
        PI, TUNE + times(4, [8.0, None, -1.0, 8.0, 161.0, None, 160.0, None, 161.0, -0.5]) + times(5, [8.0] * 5 + [None] + [8.0] * 12),
    ),
    "a tuning that was interrupted begins anew": (PI, times(0, [4.0] * 25) + [("wait", [5.0])] + times(5.1, [4.0] * 32 + [8.0] * 22)),
    "modes change without a bump": (
        PI, TUNE + times(4, [6.0, 6.0]) + [("change", {"mode": "manual"})] + times(4.2, [1.0, 1.0]) + [("change", {"output": 33})]
        + times(4.4, [1.0]) + [("change", {"mode": "pi"})] + times(4.5, [8.0, 6.0]) + [("change", {"mode": "inverse-threshold"})] + times(4.7, [8.0, 8.0, 4.0]),
    ),
    "another set point changes nothing at once": (PI, TUNE + times(4, [8.0, 8.0]) + [("change", {"setPoint": 10})] + times(4.2, [8.0, 8.0, 10.0])),
    "new limits hold at once": (PI, TUNE + [("change", {"outputMax": 15})] + times(4, [8.0]) + [("change", {"outputMax": 60, "outputMin": 18})] + times(4.1, [8.0])),
    "inverse-threshold divides by the mean of ten readings": (
        dict(mode="inverse-threshold", setPoint=8, output=20, deadband=0), times(0, [8.0, 4.0, 4.0, 16.0] + [16.0] * 12 + [0.0] * 12 + [8.0]),
    ),
    "inverse-threshold is safe without readings": (
        dict(mode="inverse-threshold", setPoint=8, output=20, safeOutput=2), times(0, [8.0, 8.0]) + [("wait", [3.0])] + times(3.1, [8.0] * 11),
    ),
    "after the end nothing changes": (PI, TUNE + [("end", [])] + times(4, [2.0] * 12) + [("wait", [60.0]), ("lose", []), ("change", {"mode": "manual"}), ("change", {"mode": "pi"})]),
    "camera frames may come at uneven times": (PI, TUNE + [("read", [4.0, 8.0]), ("read", [4.01, 6.0]), ("read", [5.5, 6.0]), ("read", [5.5, 6.0])]),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parents[2] / "test/data/control/cases.json")
    rows = []
    for name, (settings, events) in CASES.items():
        oracle = Oracle(settings)
        done = []
        for call, arguments in events:
            getattr(oracle, call)(**arguments) if call == "change" else getattr(oracle, call)(*arguments)
            done.append([call, arguments, [float(f"{oracle.out:.12g}"), oracle.state, oracle.why]])
        lines = ",\n".join("    " + json.dumps(event) for event in done)
        rows.append(f'  {{"name": {json.dumps(name)}, "settings": {json.dumps(settings)}, "events": [\n{lines}\n  ]}}')
    parser.parse_args().out.write_text("[\n" + ",\n".join(rows) + "\n]\n")


main()
