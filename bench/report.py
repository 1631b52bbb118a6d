#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""report.py ENVIRONMENT RESULTS PLOT-DATA REMARKS > RESULTS.md

Renders what bench/run measured. REMARKS, if it is there, is what people have to
say about the goals, and comes after them.
"""
import os
import sys

from goals import goals_table
from markdown import call, number, pair, ranges, table, times_of
from results import BY_ID_FIRST, Results, read_environment, scan_per_line, thread_gain


def hot_table(results):
    head = ["subid"] + [f"{size:,}" for size in results.sizes()]
    rows = []
    for function, answer in BY_ID_FIRST:
        ours = [pair(results.time("hot", s, "subid", function, answer)) for s in results.sizes()]
        ratio = [times_of(results.ratio("hot", s, ("subid", function, answer),
                                        (f"stamp_{answer}", function, answer)))
                 for s in results.sizes()]
        rows.append([call(function, answer)] + ours)
        rows.append(["– to the floor"] + ratio)
    for function in ("getpwnam_r", "getgrnam_r"):
        rows.append([f"{function}, a foreign name"] +
                    [pair(results.time("hot", s, "foreign", function, "absent")) for s in results.sizes()])
        rows.append(["– to the null module"] +
                    [times_of(results.ratio("hot", s, ("foreign", function, "absent"),
                                            ("foreign_null", function, "absent")))
                     for s in results.sizes()])
    return table(head, rows)


PEERS = [
    ("null", "null: nobody, at once"),
    ("constant", "constant: one record for everybody"),
    ("stamp_found", "floor of a hit: constant + the system calls of ours"),
    ("stamp_absent", "floor of a miss: the system calls of ours"),
    ("subid", "**subid**"),
    ("unindexed", "subid without its index: the files are read each time"),
    ("unskipped", "likewise, and every line is parsed"),
    ("files", "files, 30 lines"),
    ("systemd", "systemd, none of its services running"),
    ("naive", "libsubid in a module"),
    ("files_naive", "`files naive`, the account in /etc/passwd"),
    ("files_subid", "`files subid`"),
]


def peer_tables(results):
    sizes = results.sizes()
    for function, answer in BY_ID_FIRST:
        rows = []
        for label, name in PEERS:
            times = [results.time("hot", s, label, function, answer) for s in sizes]
            if any(times):
                rows.append([name] + [number(t[0]) if t else "–" for t in times] +
                            [times_of(results.ratio("hot", sizes[0], (label, function, answer),
                                                    ("subid", function, answer)))])
        yield f"### {call(function, answer)}"
        yield ""
        yield from table(["ns, minimum; ranges:"] + [f"{s:,}" for s in sizes] +
                         [f"to subid, {sizes[0]:,}"], rows)


def large_table(results):
    rows = []
    for function, answer in BY_ID_FIRST:
        row = [call(function, answer)]
        for label in ("subid", "cache", "extrausers", "files"):
            times = results.time("large", 65536, label, function, answer)
            ratio = results.ratio("large", 65536, (label, function, answer), ("subid", function, answer))
            row.append("–" if not times else pair(times) if label == "subid" else
                       f"{pair(times)} ({times_of(ratio, 0)}x)")
        rows.append(row)
    return table(["ns, minimum / median", "**subid**, 1 line", "cache, 65,536 lines", "extrausers, 65,536 lines",
                  "files, 65,566 lines"], rows)


def numeric_table(results):
    rows = []
    for function in ("getpwuid_r", "getgrgid_r"):
        rows.append([f"{function}, hit"] +
                    [pair(results.time(kind, 1000, "subid", function, "found"))
                     for kind in ("named", "numeric")])
    rows.append(["the account lookup alone"] +
                [pair(results.time(kind, 1000, "accounts", "getpwuid_r", "found"))
                 for kind in ("named", "numeric")])
    return table(["ns, minimum / median", "named", "numeric"], rows)


def thread_table(results):
    rows = []
    for label, function in [("subid", "getpwuid_r"), ("subid", "getgrgid_r"),
                            ("stamp_found", "getpwuid_r"), ("stamp_found", "getgrgid_r"),
                            ("null", "getpwuid_r"), ("files", "getpwuid_r")]:
        answer = "absent" if label == "null" else "found"
        rows.append([f"{dict(PEERS)[label]}, {function}"] +
                    [pair(results.time("threads", 1000, label, function, answer, t)) for t in (1, 2, 8)] +
                    [times_of(thread_gain(results, label, function, t)) for t in (2, 8)])
    return table(["ns, minimum / median", "1 thread", "2 threads", "8 threads",
                  "2 against 1", "8 against 1"], rows)


def production_table(results):
    orders = ["null", "files", "files subid", "files systemd subid", "files subid systemd", "files naive"]
    columns = [("getpwuid_r", "found"), ("getpwnam_r", "found"), ("getgrgid_r", "found"),
               ("getpwuid_r", "absent"), ("getpwnam_r", "absent")]
    rows = [[f"`{order}`"] + [pair(results.time("production", 1, order, f, a)) for f, a in columns]
            for order in orders]
    return table(["ns, minimum / median"] +
                 [call(f, a) if (f, a) != ("getpwnam_r", "absent") else "getpwnam_r, unknown name"
                  for f, a in columns], rows)


LOADED = [("null", "null"), ("subid", "**subid**"), ("files", "files, 30 lines"),
          ("systemd", "systemd"), ("accounts naive", "libsubid in a module")]


def first_table(results, size):
    rows = []
    for label, name in LOADED:
        if results.once(size, label, 1, 0) is None:
            continue
        base = [results.once(size, "null", 1, column) for column in (1, 2)]
        rows.append([name,
                     f"{number(results.once(size, label, 1, 0, min))} / "
                     f"{number(results.once(size, label, 1, 0))}",
                     number(results.once(size, label, 1, 1) - base[0]),
                     number(results.once(size, label, 1, 2) - base[1], " kB"),
                     "–" if results.once(size, label, 64, 2) is None else
                     number(results.once(size, label, 64, 2) - results.once(size, "null", 64, 2), " kB")])
    return table([f"{ranges(size)}", "first call, ns, minimum / median",
                  "libraries over null", "private memory after 1 call, over null", "after 64 calls"], rows)


def instruction_tables(results):
    rows = []
    for label, function, answer, name in [
            ("subid", "getpwuid_r", "found", "getpwuid_r, hit"),
            ("subid", "getpwuid_r", "absent", "getpwuid_r, miss"),
            ("subid", "getpwnam_r", "found", "getpwnam_r, hit"),
            ("subid", "getgrgid_r", "found", "getgrgid_r, hit"),
            ("subid", "getgrgid_r", "absent", "getgrgid_r, miss"),
            ("subid", "getgrnam_r", "found", "getgrnam_r, hit"),
            ("foreign", "getpwnam_r", "absent", "getpwnam_r, a foreign name"),
            ("files", "getpwuid_r", "found", "files, 30 lines, a hit"),
            ("systemd", "getpwuid_r", "absent", "systemd, a miss"),
            ("naive", "getpwuid_r", "found", "libsubid in a module, a hit")]:
        rows.append([name] + [number(results.added(size, label, function, answer)) for size in (1, 65000)])
    yield from table(["first lookup, over the null module's, last range", "1 range", "65,000 ranges"], rows)

    sizes = sorted({key[0] for key in results.instructions if key[4] == "hot"})
    rows = []
    for label, function, answer, name in [
            ("null", "getpwuid_r", "absent", "null"),
            ("stamp_found", "getpwuid_r", "found", "floor of a passwd hit"),
            ("subid", "getpwuid_r", "found", "**subid**, getpwuid_r, hit"),
            ("subid", "getpwuid_r", "absent", "getpwuid_r, miss"),
            ("subid", "getpwnam_r", "found", "getpwnam_r, hit"),
            ("subid", "getgrgid_r", "found", "getgrgid_r, hit"),
            ("foreign_null", "getpwnam_r", "absent", "null, a foreign name"),
            ("foreign", "getpwnam_r", "absent", "**subid**, a foreign name")]:
        rows.append([name] + [number(results.instructions.get((size, label, function, answer, "hot")))
                              for size in sizes])
    yield from table(["a later lookup; ranges:"] + [f"{size:,}" for size in sizes], rows)


def calls_table(results):
    rows = []
    for function, answer in BY_ID_FIRST:
        ours = results.calls.get(("subid", function, answer))
        floor = results.calls.get((f"stamp_{answer}", function, answer))
        if ours and floor:
            rows.append([call(function, answer), str(ours[0]), f"`{ours[1]}`" if ours[1] else "none",
                         "the same" if ours[1] == floor[1] else f"others: `{floor[1]}`"])
    for function in ("getpwnam_r", "getgrnam_r"):
        ours = results.calls.get(("foreign", function, "absent"))
        if ours:
            rows.append([f"{function}, a foreign name", str(ours[0]), f"`{ours[1]}`" if ours[1] else "none", "–"])
    numeric = results.calls.get(("numeric", "getpwuid_r", "found"))
    if numeric:
        rows.append(["getpwuid_r, hit, a numeric owner, `files subid`", str(numeric[0]),
                     f"`{numeric[1]}`", "–"])
    for label, answer, name in [("files", "found", "files, getpwuid_r, hit"),
                                ("systemd", "absent", "systemd, getpwuid_r, miss"),
                                ("naive", "found", "libsubid in a module, getpwuid_r, hit")]:
        if (label, "getpwuid_r", answer) in results.calls:
            rows.append([name, str(results.calls[label, "getpwuid_r", answer][0]), "", "–"])
    head = ["a later lookup", "calls", "which", "the floor's"]
    yield "| " + " | ".join(head) + " |"
    yield "|---|--:|---|---|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def same_calls(results):
    for function, answer in BY_ID_FIRST:
        ours = results.calls.get(("subid", function, answer))
        floor = results.calls.get((f"stamp_{answer}", function, answer))
        if not ours or not floor or ours[1] != floor[1]:
            return False
    return True


def plot_data(results, path):
    def value(*key):
        times = results.time(*key)
        return f"{times[0]:.1f}" if times else "-"

    with open(path, "w", encoding="utf-8") as out:
        print("# ranges subid floor libsubid files-30 systemd cache extrausers files-65566, ns", file=out)
        for size in results.sizes():
            columns = [str(size)]
            for label, answer in [("subid", "found"), ("stamp_found", "found"), ("naive", "found"),
                                  ("files", "found"), ("systemd", "absent")]:
                columns.append(value("hot", size, label, "getpwuid_r", answer))
            for label in ("cache", "extrausers", "files"):
                columns.append(value("large", 65536, label, "getpwuid_r", "found"))
            print(" ".join(columns), file=out)


def report(environment, results, remarks):
    first = {key: values[0] for key, values in environment.items()}
    yield "# What a lookup costs"
    yield ""
    yield ("`make bench` wrote this file after one run on a scratch host. Every case was timed in turn with all "
           "others of its table. Times are nanoseconds for a call, as the program sees them, with glibc's own "
           "part. A ratio is the median of the ratios of batches that were timed side by side. Before each "
           "timed batch, a case looks up other keys of the same file, because the case before it has replaced "
           "the contents of the processor's caches.")
    yield ""
    yield f"- {first['date']}, {first['cpu']} (family/model/stepping {first['family']}), {first['virtual']}"
    yield f"- {first['kernel']}, glibc {first['glibc']}; {first['compiler']}"
    yield f"- {', '.join(environment.get('package', []))}"
    yield f"- load average {first['load']} before the run, which took {first['seconds']} s"
    yield ""
    yield "## Goals"
    yield ""
    yield from goals_table(results)
    if not same_calls(results):
        yield ("**The floor does not make the system calls that ours makes, see below: "
               "the ratios to it are not what their names say.**")
        yield ""
    if os.path.exists(remarks):
        with open(remarks, encoding="utf-8") as text:
            yield text.read().strip()
        yield ""
    yield "![cost against ranges](cost.png)"
    yield ""
    yield "## In a process that asks often"
    yield ""
    yield ("The services are selected by `__nss_configure_lookup`. IDs and names come from all ranges. Each "
           "range has 65,535 IDs and an owner of its own. The floor makes the same system calls and then "
           "answers with a constant. An answer that is never stale cannot cost less.")
    yield ""
    yield from hot_table(results)
    yield "Minimum / median. The other services, minima:"
    yield ""
    yield from peer_tables(results)
    yield ("`libsubid in a module` is tests/why/naive.c. A module that has the accounts of all owners in "
           "memory answers its questions for accounts. By name it would hang.")
    yield ""
    yield "## Against a table with a line for each ID"
    yield ""
    yield "A range of 65,536 IDs is one line of subuid(5). In brackets: how many times the time of subid."
    yield ""
    yield from large_table(results)
    yield "## Owners written as numbers"
    yield ""
    yield "1,000 ranges, `accounts subid`. The module asks for the account's name; here another module has it in memory."
    yield ""
    yield from numeric_table(results)
    yield "## Threads"
    yield ""
    yield ("1,000 ranges, one lookup after another in every thread. The time is the wall clock's, divided by "
           "the calls of all threads. All threads call stat(2) on the same two files, and the kernel counts "
           "the references to their directory entries. The floor shows the cost of that alone.")
    yield ""
    yield from thread_table(results)
    yield "## As nsswitch.conf says"
    yield ""
    yield ("glibc looks at nsswitch.conf at every lookup; 1 range, 30 lines of passwd, none of systemd's "
           "services running.")
    yield ""
    yield from production_table(results)
    yield "## The first lookup of a process"
    yield ""
    yield from first_table(results, 1)
    yield from first_table(results, 65000)
    yield "User instructions, counted by valgrind:"
    yield ""
    yield from instruction_tables(results)
    per_line = scan_per_line(results)
    if per_line is not None:
        yield f"A pass over the file (getgrgid_r, miss): {per_line:.1f} instructions a line."
        yield ""
    yield "## System calls"
    yield ""
    yield from calls_table(results)


def main():
    environment, results, plot, remarks = sys.argv[1:]
    results = Results(results)
    plot_data(results, plot)
    for line in report(read_environment(environment), results, remarks):
        print(line)


main()
