# SPDX-License-Identifier: BSD-3-Clause
"""What bench/run has measured, and what follows from it."""

FUNCTIONS = ["getpwuid_r", "getpwnam_r", "getgrgid_r", "getgrnam_r"]
BY_ID_FIRST = [(f, a) for f in FUNCTIONS for a in ("found", "absent")]


def median(values):
    return sorted(values)[len(values) // 2]


class Results:
    def __init__(self, path):
        self.timed = {}  # (section, size, label, function, answer, threads): ns of every batch
        self.first = {}  # (size, label, count): [(ns, libraries, kB)]
        self.instructions = {}  # (size, label, function, answer, cold|hot): count
        self.calls = {}  # (label, function, answer): (count, text)
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                self.add(line.rstrip("\n").split("\t"))

    def add(self, row):
        section, size, label, function, answer, variant = row[0], int(row[1]), *row[2:6]
        if section == "first":
            self.first.setdefault((size, label, int(variant)), []).append(
                tuple(int(value) for value in row[6:9]))
        elif section == "instructions":
            self.instructions[size, label, function, answer, variant] = int(row[6])
        elif section == "calls":
            self.calls[label, function, answer] = (int(variant), row[6].replace("|", "\\|"))
        else:
            key = (section, size, label, function, answer, int(variant))
            self.timed.setdefault(key, []).extend(float(ns) for ns in row[7:])

    def sizes(self):
        return sorted({key[1] for key in self.timed if key[0] == "hot"})

    def time(self, section, size, label, function, answer, threads=0):
        """Minimum and median of all batches, or None."""
        batches = self.timed.get((section, size, label, function, answer, threads))
        return (min(batches), median(batches)) if batches else None

    def ratio(self, section, size, ours, other):
        """The median of the ratios of batches that ran side by side, or None.

        A processor changes its clock rate during a run, but hardly between the two batches of a
        pair.
        """
        ours, other = [self.timed.get((section, size, *case, *([0] if len(case) == 3 else [])))
                       for case in (ours, other)]
        if not ours or not other:
            return None
        return median([a / b for a, b in zip(ours, other)])

    def ratio_of_minima(self, section, size, ours, other):
        ours, other = self.time(section, size, *ours), self.time(section, size, *other)
        return ours[0] / other[0] if ours and other else None

    def once(self, size, label, count, column, of=median):
        """A column of self.first, or None: @of the values of all runs."""
        reports = self.first.get((size, label, count))
        return of([r[column] for r in reports]) if reports else None

    def added(self, size, label, function, answer):
        """How many instructions more than in the null module a first lookup takes, or None."""
        ours = self.instructions.get((size, label, function, answer, "cold"))
        null = self.instructions.get((size, "null", function, "absent", "cold"))
        return None if ours is None or null is None else ours - null


def scan_per_line(results):
    """How many instructions each line of a scanned file adds, or None."""
    one = results.instructions.get((1, "subid", "getgrgid_r", "absent", "cold"))
    many = results.instructions.get((65000, "subid", "getgrgid_r", "absent", "cold"))
    return (many - one) / 64999 if one and many else None


def thread_gain(results, label, function, threads, ratio=None):
    """The time of one thread divided by the time of so many threads, or None."""
    answer = "absent" if label == "null" else "found"
    ratio = ratio or results.ratio
    return ratio("threads", 1000, (label, function, answer, 1), (label, function, answer, threads))


def memory_added(results, size, count):
    """How many kB more than the null module the module takes, or None."""
    ours, null = results.once(size, "subid", count, 2), results.once(size, "null", count, 2)
    return None if ours is None or null is None else ours - null


def read_environment(path):
    environment = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            key, value = line.rstrip("\n").split("\t", 1)
            environment.setdefault(key, []).append(value)
    return environment
