#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""userdbd.py RESULTS > userdbd.md

Renders what bench/userdbd measured.
"""
import sys

from results import median

timed, numbers = {}, {}
with open(sys.argv[1], encoding="utf-8") as lines:
    for row in (line.rstrip("\n").split("\t") for line in lines):
        if row[0] == "number":
            numbers[row[1]] = row[2]
            continue
        section, multiplexer, size = row[0].split(" ")
        key = (section, multiplexer, int(size), row[1], row[2], int(row[4]))
        timed.setdefault(key, []).extend(float(ns) for ns in row[6:])


def us(key):
    return f"{min(timed[key]) / 1000:,.0f} / {median(timed[key]) / 1000:,.0f}"


def ratio(ours, other):
    """Of batches that ran side by side, or in turn."""
    return median([a / b for a, b in zip(timed[ours], timed[other])])


WHO = {"stop": "nss-systemd asks the services itself (Debian)",
       "start": "systemd-userdbd asks the services for nss-systemd (Fedora)"}
hits, misses = [], []
print("""## The service, through nss-systemd

Written by `make bench-userdbd`, in a container that runs systemd; the ranges come from the
files. Microseconds a call, minimum / median. A ratio is the median of the ratios of batches
that were timed side by side. 8 clients are threads of one process on 2 cores. nss-systemd's own
hit is a lookup of a unit's `DynamicUser=`. Its own miss is a lookup of an absent user on the
same machine without our socket.
""")
print(f"- {numbers['date']}, systemd {numbers['systemd']}, load average {numbers['load']} at the end\n")
for multiplexer in ("stop", "start"):
    print(f"{WHO[multiplexer]}:\n")
    print("| hit | ranges | clients | subid-userdbd | `DynamicUser=` | ratio |")
    print("|---|--:|--:|--:|--:|--:|")
    for size in (1, 65000):
        for threads in (0, 8):
            for function in ("getpwuid_r", "getpwnam_r"):
                ours, other = [("hit", multiplexer, size, label, function, threads)
                               for label in ("subid", "dynamic")]
                hits.append(ratio(ours, other))
                print(f"| {function} | {size:,} | {threads or 1} | {us(ours)} | {us(other)} |"
                      f" {hits[-1]:.2f} |")
    print("\n| miss | with the service | without | ratio |\n|---|--:|--:|--:|")
    for function in ("getpwuid_r", "getpwnam_r"):
        ours, other = [("miss", multiplexer, 1, label, function, 0) for label in ("with", "without")]
        misses.append(ratio(ours, other))
        print(f"| {function} | {us(ours)} | {us(other)} | {misses[-1]:.2f} |")
    print()


def verdict(values, goal):
    met = "met" if max(values) <= goal else "**not met**"
    return f"| <= {goal} | {met} | {min(values):.2f} to {max(values):.2f} |"


print("| what | goal | | measured |\n|---|--:|--:|--:|")
print("| a hit, against nss-systemd's own " + verdict(hits, 1.5))
print("| a miss, against nss-systemd's own " + verdict(misses, 1.3))
print("""
A miss ends when the last service has answered that it has no record. Each service is one
more process to wake and wait for, which takes longer on a busy machine. The service itself
makes eight system calls from its wakeup to its reply.""")
size = next(key[2] for key in timed if key[0] == "directory")
hit, miss = [("directory", "0", size, f"directory_{what}", "getpwuid_r", 0) for what in ("hit", "miss")]
print(f"""
### A directory of 100,000 owners

The plugin takes 1 ms for an answer and cannot find the owner of an ID. {size:,} of its owners are
candidates, each with a range of UIDs and one of GIDs. The ranges of an owner take two answers.

| what | measured |
|---|--:|
| memory without a candidate | {int(numbers['memory_empty']):,} kB |
| memory with {size:,} | {int(numbers['memory_full']):,} kB |
| cold start: the first answer by name | {numbers['first_by_name_ms']} ms |
| cold start: until every candidate has been asked | {numbers['cold_s']} s |
| processor time of the service for all of this and for the rows below | {numbers['cpu_s']} s |
| a hit by ID: a proof, so two answers of the plugin | {us(hit)} us |
| a miss by ID, asked for within the last minute: no answer of the plugin | {us(miss)} us |""")
