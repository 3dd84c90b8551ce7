"""What is wrong with the value of a field, to follow "holds '...', which"."""

from __future__ import annotations

from source_incontact.messages.message import note

NO_DATE = note(
    "is not a date; enter year-month-day, such as 2026-11-16", "enter the date as year-month-day"
)
NO_DAYS_BACK = note(
    "is not a number of days; enter today, yesterday, today-7 or a number",
    "enter a number of days before today",
)
NO_ZONE = note("is not a known time zone; {hint}", "enter the zone's IANA name")
NO_DIGITS = note(
    "is not a number; enter the digits of your business unit, such as 4599999", "enter digits only"
)
NO_REGION = note(
    "is not a region; enter one such as na1, eu1, uk1, au1, jp1 or ca1",
    "enter two letters and a number",
)
NO_VERSION = note("is not an API version; enter one such as 30.0", "enter a number, as NICE does")
NO_ADDRESS = note(
    "is not a root address; enter one such as https://cxone.example.com",
    "enter scheme and host, without a query",
)
NO_HTTPS = note(
    "must begin with https://; http is for addresses of this machine only", "enter an https address"
)
NO_WHOLE_NUMBER = note("is not a whole number of at most nine digits", "enter digits only")
AFTER_THE_END = note("is {first} and lies after the last day, {last}", "exchange start and end")
IN_FUTURE = note("lies in the future (today is {today})", "choose a day through today")
TOO_FAR_BACK = note("reaches back beyond {earliest}", "enter fewer days back")
TOO_EARLY = note("lies before {earliest}", "choose a later day")
