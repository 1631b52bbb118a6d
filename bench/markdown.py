# SPDX-License-Identifier: BSD-3-Clause
"""How a figure is written in a table of Markdown."""


def number(value, unit=""):
    if value is None:
        return "–"
    return (f"{value:,.0f}" if abs(value) >= 10 else f"{value:.1f}") + unit


def pair(times):
    return f"{number(times[0])} / {number(times[1])}" if times else "–"


def times_of(value, digits=2):
    return "–" if value is None else f"{value:,.{digits}f}"


def table(head, rows):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "|".join("---" if i == 0 else "--:" for i in range(len(head))) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def ranges(size):
    return f"{size:,} range" + ("s" if size > 1 else "")


def call(function, answer):
    return f"{function}, {'hit' if answer == 'found' else 'miss'}"
