# SPDX-License-Identifier: BSD-3-Clause
"""The goals, and how far they are met."""
from markdown import call, number, ranges, table, times_of
from results import BY_ID_FIRST, memory_added, scan_per_line, thread_gain


def floor_ratios(results, sizes, ratio):
    ratios = []
    for size in sizes:
        for function, answer in BY_ID_FIRST:
            value = ratio("hot", size, ("subid", function, answer),
                          (f"stamp_{answer}", function, answer))
            if value is not None:
                ratios.append((value, f"{call(function, answer)}, {ranges(size)}"))
    return ratios


def floor_goal(results, what, sizes, limit):
    ratios = floor_ratios(results, sizes, results.ratio)
    minima = floor_ratios(results, sizes, results.ratio_of_minima)
    if not ratios:
        return what, f"<= {limit:.2f}", None, "not measured"
    worst, where = max(ratios)
    return (what, f"<= {limit:.2f}", worst <= limit,
            f"{min(ratios)[0]:.2f} to {worst:.2f} ({where}); "
            f"of minima {min(minima)[0]:.2f} to {max(minima)[0]:.2f}")


def foreign_goal(results):
    ratios, calls = [], []
    for function in ("getpwnam_r", "getgrnam_r"):
        for size in results.sizes():
            ratio = results.ratio("hot", size, ("foreign", function, "absent"),
                                  ("foreign_null", function, "absent"))
            if ratio is not None:
                ratios.append(ratio)
        if ("foreign", function, "absent") in results.calls:
            calls.append(results.calls["foreign", function, "absent"][0])
    if not ratios or not calls:
        return "foreign names against the null module", "<= 2, no system call", None, "not measured"
    return ("foreign names against the null module", "<= 2, no system call",
            max(ratios) <= 2 and max(calls) == 0,
            f"{min(ratios):.2f} to {max(ratios):.2f}, {max(calls)} system calls")


def peer_goal(results, what, limit, section, size, peer, ours="subid"):
    ours = (ours, "getpwuid_r", "found")
    ratio = results.ratio(section, size, peer, ours)
    if ratio is None:
        return what, f">= {limit:,}x" if limit else "", None, "not measured"
    minima = results.ratio_of_minima(section, size, peer, ours)
    return (what, f">= {limit:,}x" if limit else "", ratio >= limit if limit else "",
            f"{times_of(ratio, 1)}x; of minima {times_of(minima, 1)}x")


def goals(results):
    small = [size for size in results.sizes() if size <= 1000]
    yield floor_goal(results, "hot, 1 to 1,000 ranges, hit and miss, against the floor", small, 1.10)
    yield floor_goal(results, "hot, 65,000 ranges, likewise", [65000], 1.30)
    yield foreign_goal(results)

    yield peer_goal(results, "a passwd hit against files, 30 lines, a hit", 2, "hot", 1,
                    ("files", "getpwuid_r", "found"))
    yield peer_goal(results, "against libnss-cache, 65,536 lines, a hit", 14, "large", 65536,
                    ("cache", "getpwuid_r", "found"))
    yield peer_goal(results, "against libnss-systemd, a miss", 22, "hot", 1,
                    ("systemd", "getpwuid_r", "absent"))
    yield peer_goal(results, "against libsubid, 1 range, its accounts in /etc/passwd (`files naive`)",
                    8, "hot", 1, ("files_naive", "getpwuid_r", "found"))
    yield peer_goal(results, "– `files naive` against `files subid`", None, "hot", 1,
                    ("files_naive", "getpwuid_r", "found"), "files_subid")
    yield peer_goal(results, "– libsubid that gets its accounts for nothing, 1 range", None, "hot", 1,
                    ("naive", "getpwuid_r", "found"))
    yield peer_goal(results, "against libsubid that gets its accounts for nothing, 65,000 ranges",
                    4000, "hot", 65000, ("naive", "getpwuid_r", "found"))

    added = results.added(1, "subid", "getpwuid_r", "found")
    yield ("instructions of a first passwd hit over the null module's, 1 range", "<= 20,000",
           None if added is None else added <= 20000, number(added))

    per_line = scan_per_line(results)
    yield ("instructions a line of a first pass over 65,000 lines", "<= 90",
           None if per_line is None else per_line <= 90, number(per_line))

    gains = [thread_gain(results, "subid", function, 2) for function in ("getpwuid_r", "getgrgid_r")]
    floors = [thread_gain(results, "stamp_found", f, 2) for f in ("getpwuid_r", "getgrgid_r")]
    minima = [thread_gain(results, label, function, 2, results.ratio_of_minima)
              for label in ("subid", "stamp_found") for function in ("getpwuid_r", "getgrgid_r")]
    measured = None not in gains + floors + minima
    yield ("2 threads against 1, hot, 1,000 ranges", ">= 1.8",
           min(gains) >= 1.8 if measured else None,
           f"{gains[0]:.2f} (passwd), {gains[1]:.2f} (group); the floor's own "
           f"{floors[0]:.2f}, {floors[1]:.2f}; of minima {minima[0]:.2f}, {minima[1]:.2f} and the "
           f"floor's {minima[2]:.2f}, {minima[3]:.2f}" if measured else "not measured")

    large = memory_added(results, 65000, 64)
    yield ("private memory at 65,000 ranges in two files, over the null module's",
           "<= 3 MB a file", None if large is None else large <= 2 * 3 * 1024, number(large, " kB"))
    single = memory_added(results, 1, 64)
    yield ("the same at 1 range", "<= 2 pages", None if single is None else single <= 8,
           number(single, " kB"))


def goals_table(results):
    verdict = {True: "met", False: "**not met**", None: "–", "": ""}
    return table(["what", "goal", "", "measured"],
                 [[what, goal, verdict[met], measured] for what, goal, met, measured in goals(results)])
