"""Has icalendar read the shifts that Firebell writes as a calendar, and holds them against the same shifts as JSON."""

import datetime
import json
import os
import subprocess
import sys

import icalendar

ORG = """
[[people]]
handle = "ana"
[[people]]
handle = "bo"
[[schedules]]
key = "web"
name = "Wéb; primary, with a name \\"long\\" enough to be folded \\\\ and then some: ééééééé"
zone = "Europe/Berlin"
[[schedules.layers]]
name = "day"
start = "2026-03-01T12:00"
turn = "1d"
people = ["ana", ["bo", "ana"]]
windows = ["mon-fri"]
"""
# Whole shifts: those of a calendar are never cut.
RANGE = ["--from", "2026-03-20T12:00", "--to", "2026-04-10T12:00"]


def main(firebell: str, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "org.toml"), "w", encoding="utf-8") as file:
        file.write(ORG)

    def show(form: str) -> bytes:
        words = [firebell, "schedule", "show", "web", *RANGE, form, "--files", "org.toml"]
        return subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, check=True).stdout

    calendar = icalendar.Calendar.from_ical(show("--ics"))
    if calendar.errors or any(event.errors for event in calendar.walk("VEVENT")):
        sys.exit(f"icalendar finds errors: {calendar.errors}")
    name = ORG.split('name = "')[1].split('"\n')[0].replace('\\"', '"').replace("\\\\", "\\")
    events = calendar.walk("VEVENT")
    if len({str(event["UID"]) for event in events}) != len(events):
        sys.exit("two events have one UID")
    read = sorted((event.start, event.end, str(event["SUMMARY"])) for event in events)
    instant = datetime.datetime.fromisoformat
    written = sorted(
        (instant(shift["start"]), instant(shift["end"]), f"{', '.join('@' + who for who in shift['people'])} ({name})")
        for shift in json.loads(show("--json"))
        if shift["people"]
    )
    if len(written) < 10 or read != written:
        sys.exit(f"icalendar reads {read}, and Firebell wrote {written}")


main(*sys.argv[1:])
