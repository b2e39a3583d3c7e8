#!/usr/bin/env python3
"""Writes the files of this folder: a winter semester 2026/27 at a university in Saxony.

    pip install python-dateutil==2.9.0.post0 holidays==0.109
    python3 tests/data/term/generate.py

No code of Weekwise takes part. Dates come from dateutil's rrule (weeks start on Sunday) and public
holidays from the `holidays` package. A second expansion, by plain arithmetic, must agree, also when
it starts from window.json as written. Weekdays count from Sunday = 0; ranges are inclusive.
"""

import hashlib
import json
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path

import holidays
from dateutil.rrule import FR, MO, SA, SU, TH, TU, WE, WEEKLY, rrule

HERE = Path(__file__).resolve().parent
FROM, TO = date(2026, 10, 1), date(2027, 2, 28)
TERM_END = "2027-02-06"
BREAK = (date(2026, 12, 24), date(2027, 1, 6))
SLOT_LIMIT = 4
WEEKDAYS = [SU, MO, TU, WE, TH, FR, SA]
COLORS = {"blue", "green", "amber", "red", "violet", "teal", "pink", "slate"}
HOLIDAYS = holidays.Germany(subdiv="SN", years=[2026, 2027], language="en_US")

SUN, MON, TUE, WED, THU, FRI, SAT = range(7)


def slot(weekday, start, end, title, location, color, valid_from, valid_until=TERM_END, every=1, notes="", **more):
    return {
        "day_of_week": weekday,
        "start": start,
        "end": end,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "every_n_weeks": every,
        "title": title,
        "notes": notes,
        "location": location,
        "color": color,
        "reminder_minutes": more.get("reminder"),
        "active": more.get("active", True),
    }


# In order of entry. Some valid_from fall on another weekday than the slot: they anchor the rotation all the same.
SLOTS = [
    slot(MON, "09:20", "10:50", "Linear Algebra I: lecture", "Audimax", "blue", "2026-10-12",
         notes="Problem sheets appear on Mondays and are due a week later."),
    slot(MON, "13:00", "14:30", "Programming I: lecture", "Hörsaal 2", "violet", "2026-10-12"),
    slot(MON, "14:50", "16:20", "Analysis I: exercise class", "Seminarraum 104", "red", "2026-10-19",
         notes="Group 7. Hand in the sheet before class."),
    slot(TUE, "07:30", "09:00", "Analysis I: lecture", "Hörsaal 1", "red", "2026-10-12", reminder=45),
    slot(TUE, "11:10", "12:40", "Linear Algebra I: exercise class", "Seminarraum 216", "blue", "2026-10-20"),
    slot(TUE, "16:40", "18:10", "Programming I: computer lab", "PC-Pool 3", "violet", "2026-10-12", every=2,
         notes="Weeks A. Log in with the university account."),
    slot(TUE, "16:40", "18:10", "Programming I: code review", "PC-Pool 3", "violet", "2026-10-20", every=2,
         notes="Weeks B."),
    slot(WED, "09:20", "10:50", "Physics for Engineers: lecture", "Hörsaal 3", "teal", "2026-10-14"),
    slot(WED, "13:00", "14:30", "Analysis I: second lecture", "Hörsaal 1", "red", "2026-10-14"),
    slot(WED, "16:40", "18:10", "Department colloquium", "Faculty hall", "slate", "2026-10-14", every=3,
         notes="Tea from 16:15."),
    slot(WED, "18:30", "21:00", "University choir", "Parish hall of St John", "pink", "2026-10-21", "2027-02-03",
         reminder=60),
    slot(THU, "11:10", "12:40", "Linear Algebra I: second lecture", "Audimax", "blue", "2026-10-12"),
    slot(THU, "13:00", "14:30", "Physics for Engineers: exercise class", "Seminarraum 011", "teal", "2026-10-22"),
    # Anchored on the week of 18 October, whose Thursday is before valid_from: first on 5 November.
    slot(THU, "14:50", "18:10", "Physics lab course", "Lab building, floor 2", "amber", "2026-10-23", every=2,
         notes="Lab coat, logbook, closed shoes.", reminder=30),
    slot(FRI, "09:20", "10:50", "Academic English B2", "Sprachenzentrum 12", "green", "2026-10-16", "2026-12-04",
         notes="Compact course, first half of the term."),
    slot(FRI, "09:20", "10:50", "Scientific writing", "Sprachenzentrum 12", "green", "2027-01-08"),
    slot(FRI, "13:00", "14:30", "Programming I: tutorial", "PC-Pool 1", "violet", "2026-10-16"),
    slot(FRI, "14:50", "16:20", "Study group", "Library, group room 5", "slate", "2026-10-16", every=2),
    slot(FRI, "20:00", "24:00", "Observatory night", "Observatory", "slate", "2027-01-15", "2027-01-15",
         notes="Only with a clear sky; warm clothes."),
    slot(SAT, "09:20", "12:40", "Spanish A1", "Sprachenzentrum 4", "amber", "2026-10-17", "2026-12-19"),
    slot(SAT, "14:00", "16:00", "Climbing", "Sporthalle Süd", "green", "2026-10-24"),
    slot(SAT, "08:00", "18:00", "Excursion: particle accelerator", "Bus stop at the main gate", "teal",
         "2026-11-21", "2026-11-21", notes="Bring your identity card.", reminder=60),
]

# Dropped in the second week, still in the trash.
TRASHED = [
    slot(THU, "16:40", "18:10", "Philosophy of science", "Seminarraum 302", "slate", "2026-10-15", active=False),
]


def change(title, on, start=None, end=None, moved_to=None, location=None, new_title=None, notes=None):
    return {"do": "change", "title": title, "date": on, "start": start, "end": end, "moved_to": moved_to,
            "location": location, "new_title": new_title, "notes": notes}


def cancel(title, on, why, notes=None):
    return {"do": "cancel", "title": title, "date": on, "why": why, "notes": notes}


# What the term did to the plan, in order of entry; holidays and the break, known from the start, come before it.
EVENTS = [
    # Made up for holidays: to the Sunday (another week only where weeks start on Sunday), to the Friday after,
    # to an earlier week (so two lectures on one day).
    change("Climbing", "2026-10-31", moved_to="2026-11-01", notes="The hall is open on Sunday."),
    change("Physics for Engineers: lecture", "2026-11-18", "14:50", "16:20", "2026-11-20", "Hörsaal 6"),
    change("Linear Algebra I: second lecture", "2026-12-24", "07:30", "09:00", "2026-12-17"),
    # Rooms only: the times follow the pattern. 7 December is entered before the series is split on 30 November,
    # so it comes to follow the new times.
    change("Analysis I: lecture", "2026-11-03", location="Hörsaal 5"),
    change("Linear Algebra I: lecture", "2026-11-09", location="Hörsaal 4",
           notes="The Audimax is taken by a congress."),
    change("Linear Algebra I: lecture", "2026-12-07", location="Chemistry lecture hall"),
    # Times only.
    change("Programming I: code review", "2026-11-03", "18:30", "20:00"),
    change("Programming I: lecture", "2026-11-16", "11:10", "12:40"),
    cancel("Spanish A1", "2026-11-21", "Excursion"),
    cancel("Climbing", "2026-11-21", "Excursion"),
    # To another day at the very time of the lecture there: two occurrences that clash.
    change("Linear Algebra I: exercise class", "2026-11-24", "11:10", "12:40", "2026-11-26"),
    {"do": "split", "title": "Linear Algebra I: lecture", "date": "2026-11-30", "start": "11:10", "end": "12:40",
     "location": "Hörsaal 4"},
    # Back over the end of a week, and on to the next one.
    change("Analysis I: exercise class", "2026-12-14", "16:40", "18:10", "2026-12-11", "Seminarraum 105"),
    cancel("Programming I: tutorial", "2026-12-18", "The tutor is ill"),
    change("Physics lab course", "2027-01-14", moved_to="2027-01-20"),
    change("Physics for Engineers: exercise class", "2027-01-21", location="Seminarraum 012"),
    change("University choir", "2027-01-27", "18:00", "22:00", location="Concert hall",
           new_title="University choir: dress rehearsal", notes="Black clothes. Doors close at 18:15."),
    # Beyond the last day of its series.
    change("Programming I: tutorial", "2027-02-05", "13:00", "14:30", "2027-02-09", "Hörsaal 2",
           notes="Questions before the exam."),
]

# No colloquium takes place on this date: kept, without effect.
WITHOUT_EFFECT = [cancel("Department colloquium", "2026-10-21", "The speaker cannot come")]


def day(text):
    return date.fromisoformat(text)


def weekday(d):
    return d.isoweekday() % 7


def fixed_id(n):
    """An id of the shape of a UUIDv7, made one after the other on a Monday in September 2026."""
    milliseconds = 1790582400000 + 41000 * n
    noise = int.from_bytes(hashlib.sha256(f"weekwise term {n}".encode()).digest()[:10], "big")
    value = milliseconds << 80 | 7 << 76 | (noise >> 64 & 0xFFF) << 64 | 2 << 62 | noise & (1 << 62) - 1
    return str(uuid.UUID(int=value))


def by_rrule(row):
    """The dates of a schedule, by dateutil."""
    rule = rrule(
        WEEKLY,
        interval=row["every_n_weeks"],
        wkst=SU,
        byweekday=WEEKDAYS[row["day_of_week"]],
        dtstart=datetime.fromisoformat(row["valid_from"]),
        until=datetime.fromisoformat(row["valid_until"]),
    )
    return [d.date() for d in rule]


def occurs(row, d):
    """Whether a schedule occurs on a date, by the definition of a rotation's phase; no dateutil."""
    if weekday(d) != row["day_of_week"] or not day(row["valid_from"]) <= d <= day(row["valid_until"]):
        return False
    anchor = day(row["valid_from"])
    anchor -= timedelta(days=weekday(anchor))
    return (d - timedelta(days=weekday(d)) - anchor).days // 7 % row["every_n_weeks"] == 0


def occurrence(row, original, override=None):
    x = override or {}
    return {
        "schedule_id": row["id"],
        "series_id": row["series_id"],
        "original_date": str(original),
        "date": x.get("moved_to") or str(original),
        "start": x.get("start") or row["start"],
        "end": x.get("end") or row["end"],
        "title": row["title"] if x.get("title") is None else x["title"],
        "location": row["location"] if x.get("location") is None else x["location"],
        "is_exception": override is not None,
    }


def in_order(occurrences):
    return sorted(occurrences, key=lambda o: (o["date"], o["start"], o["end"], o["schedule_id"], o["original_date"]))


def expand(schedules, exceptions):
    """The occurrences in FROM..TO: every date of every schedule, each with its exception."""
    found = {(x["series_id"], x["date"]): x for x in exceptions}
    assert len(found) == len(exceptions), "two exceptions for one date of a series"
    occurrences = []
    for row in schedules:
        for original in by_rrule(row) if row["active"] else []:
            x = found.get((row["series_id"], str(original)))
            if x is None or x["kind"] == "override":
                occurrences.append(occurrence(row, original, x))
    return in_order(o for o in occurrences if str(FROM) <= o["date"] <= str(TO))


def expand_again(schedules, exceptions):
    """The same from the other end: each day of FROM..TO, what stayed there and what was moved there."""
    active = [row for row in schedules if row["active"]]
    excepted = {(x["series_id"], x["date"]) for x in exceptions}
    overrides = [x for x in exceptions if x["kind"] == "override"]
    occurrences = []
    for n in range((TO - FROM).days + 1):
        d = FROM + timedelta(days=n)
        for row in active:
            if occurs(row, d) and (row["series_id"], str(d)) not in excepted:
                occurrences.append(occurrence(row, d))
        for x in overrides:
            if (x.get("moved_to") or x["date"]) == str(d):
                original = day(x["date"])
                rows = [r for r in active if r["series_id"] == x["series_id"] and occurs(r, original)]
                occurrences += [occurrence(r, original, x) for r in rows]
    return in_order(occurrences)


def build():
    """The rows of term.json, and the entries that a person makes for them."""
    schedules, entries = [], []
    for n, row in enumerate(SLOTS + TRASHED):
        schedules.append({"id": fixed_id(n), "series_id": fixed_id(n), **row})
    series = {row["title"]: row["series_id"] for row in schedules}
    assert len(series) == len(schedules), "titles must be unique"
    dates = {row["title"]: set(map(str, by_rrule(row))) for row in schedules}

    planned = {(e["title"], e["date"]) for e in EVENTS if e["do"] == "change"}
    for row in schedules:
        for d in by_rrule(row) if row["active"] else []:
            if (row["title"], str(d)) in planned:
                continue
            if d in HOLIDAYS:
                entries.append(cancel(row["title"], str(d), f"Public holiday: {HOLIDAYS[d]}"))
            elif BREAK[0] <= d <= BREAK[1]:
                entries.append(cancel(row["title"], str(d), "Christmas break"))
    entries.sort(key=lambda e: e["date"])
    entries += EVENTS

    exceptions = []
    for e in entries + WITHOUT_EFFECT:
        assert (e["date"] in dates[e["title"]]) != (e in WITHOUT_EFFECT), e
        key = {"series_id": series[e["title"]], "date": e["date"]}
        if e["do"] == "cancel":
            exceptions.append({**key, "kind": "cancelled", "title": e["why"], "notes": e["notes"]})
        elif e["do"] == "change":
            exceptions.append({
                **key, "kind": "override", "start": e["start"], "end": e["end"], "moved_to": e["moved_to"],
                "title": e["new_title"], "notes": e["notes"], "location": e["location"],
            })
        else:
            at = next(i for i, row in enumerate(schedules) if row["title"] == e["title"])
            new = {field: e[field] for field in ("start", "end", "location")}
            later = {**schedules[at], **new, "id": fixed_id(500), "valid_from": e["date"]}
            schedules[at] = {**schedules[at], "valid_until": str(day(e["date"]) - timedelta(days=1))}
            schedules.append(later)
    exceptions.sort(key=lambda x: (x["date"], x["series_id"]))
    return schedules, exceptions, entries


def steps(entries):
    """The same term as steps in the window. Absent fields stay as they are."""
    out = []
    for row in SLOTS:
        out.append({
            "do": "create", "weekday": row["day_of_week"], "first_date": str(by_rrule(row)[0]),
            "start": row["start"], "end": row["end"], "until": row["valid_until"], "every": row["every_n_weeks"],
            "title": row["title"], "location": row["location"], "notes": row["notes"], "color": row["color"],
        })
    for e in entries:
        if e["do"] == "cancel":
            out.append({"do": "cancel_date", "title": e["title"], "date": e["date"]})
        elif e["do"] == "change":
            fields = {"start": e["start"], "end": e["end"], "new_date": e["moved_to"], "location": e["location"]}
            changed = {k: v for k, v in fields.items() if v is not None}
            out.append({"do": "change_date", "title": e["title"], "date": e["date"], **changed})
        else:
            out.append({"do": "this_and_following", **{k: v for k, v in e.items() if k != "do"}})
    return out


def follow(steps):
    """Takes the steps of window.json one by one; returns schedules and exceptions, a title being the series' id."""
    schedules, exceptions = [], []
    for step in steps:
        title = step["title"]
        if step["do"] == "create":
            row = {"id": "", "series_id": title, "active": True, "title": title, "location": step["location"],
                   "day_of_week": step["weekday"], "start": step["start"], "end": step["end"],
                   "valid_from": step["first_date"], "valid_until": step["until"], "every_n_weeks": step["every"]}
            assert occurs(row, day(step["first_date"])), step
            schedules.append(row)
            continue
        row = next(r for r in schedules if r["title"] == title and occurs(r, day(step["date"])))
        if step["do"] == "this_and_following":
            schedules.append({**row, **{k: step[k] for k in ("start", "end", "location")}, "valid_from": step["date"]})
            row["valid_until"] = str(day(step["date"]) - timedelta(days=1))
        elif step["do"] == "cancel_date":
            exceptions.append({"series_id": title, "date": step["date"], "kind": "cancelled"})
        else:
            exceptions.append({**step, "series_id": title, "kind": "override", "title": None,
                               "moved_to": step.get("new_date")})
    return schedules, exceptions


def check_rows(schedules, exceptions):
    for row in schedules:
        assert row["start"] < row["end"] <= "24:00" and row["color"] in COLORS, row
    for a in schedules:
        for b in schedules:
            if a is not b and a["series_id"] == b["series_id"]:
                assert a["valid_until"] < b["valid_from"] or b["valid_until"] < a["valid_from"], a["title"]
    for n in range((TO - FROM).days + 1):
        d = FROM + timedelta(days=n)
        valid = [r for r in schedules
                 if r["active"] and r["day_of_week"] == weekday(d) and r["valid_from"] <= str(d) <= r["valid_until"]]
        assert len(valid) <= SLOT_LIMIT, (d, [r["title"] for r in valid])
    for x in exceptions:
        if x["kind"] == "override":
            assert (x["start"] is None) == (x["end"] is None) and (x["start"] is None or x["start"] < x["end"]), x


def without_ids(occurrences):
    fields = ("date", "start", "end", "title", "location", "is_exception", "original_date")
    rows = [{field: o[field] for field in fields} for o in occurrences]
    return sorted(rows, key=lambda o: (o["date"], o["start"], o["end"], o["title"], o["original_date"]))


def lines(rows, indent=""):
    return "[\n" + ",\n".join(indent + " " + json.dumps(row, ensure_ascii=False) for row in rows) + f"\n{indent}]"


def write(name, text):
    (HERE / name).write_text(text + "\n", encoding="utf-8")


def main():
    schedules, exceptions, entries = build()
    check_rows(schedules, exceptions)

    expected = expand(schedules, exceptions)
    assert expected == expand_again(schedules, exceptions)

    settings = {"slot_limit": SLOT_LIMIT, "time_zone": "Europe/Berlin"}
    # A schedule that is alone in its series may leave series_id out.
    split = {row["series_id"] for row in schedules if row["id"] != row["series_id"]}
    rows = [{k: v for k, v in row.items() if k != "series_id" or v in split} for row in schedules]
    write("term.json", '{"format": "weekwise", "version": 1,\n'
          f'"schedules": {lines(rows)},\n"exceptions": {lines(exceptions)},\n"settings": {json.dumps(settings)}}}')
    write("expected.json", lines(expected))
    write("window.json", lines(steps(entries)))

    window = json.loads((HERE / "window.json").read_text(encoding="utf-8"))
    by_hand = without_ids(expand_again(*follow(window)))
    # The steps name slots by title, so they leave titles of single dates alone.
    untitled = [{**x, "title": None} if x["kind"] == "override" else x for x in exceptions]
    assert by_hand == without_ids(expand(schedules, untitled))
    write("expected-window.json", lines(by_hand))


main()
