"""Texts, addresses, numbers and dates that are hard to keep, compare or show. No one can be reached by any of them."""

TEXTS = {
    "NUL": "Null\x00Byte",
    "lone surrogate": "Half\ud83dPair",
    "line separator": "Line\u2028Separator",
    "paragraph separator": "Paragraph\u2029Separator",
    "vertical tab": "Vertical\x0bTab",
    "next line": "Next\x85Line",
    "control characters": "Bell\x07Escape\x1b[31mDelete\x7f",
    "invisible characters alone": "\u200b\u2060\ufeff\u00ad",
    "white space alone": " \u00a0\t ",
    "right-to-left override": "Right\u202etfeL",
    "non-characters": "Not\ufffea\uffffCharacter",
    "astral characters": "Coder \U0001f469\u200d\U0001f4bb \U0001d54f",
    "combining characters": "Zoe\u0308 Z\u0300\u0301\u0302\u0303algo",
    "markup": "<script>alert('1')</script> &amp; <b>Bold",
    "quotation marks": 'O\'Brien "The" \\ %s {name} --',
    "three thousand characters": "Long name " * 300,
}
"""What is odd about a text, and the text. The surrogate is an escape in JSON: no UTF-8 can hold it."""

EMAILS = {
    "ampersand": "r&d@example.com",
    "apostrophe and slash": "o'neil/x@example.com",
    "plus sign": "ada+jobs@example.com",
    "Unicode domain": "ana@bücher.example",
    "Punycode domain": "ana@xn--bcher-kva.example",
    "Unicode local part": "josé@example.com",
    "capitals": "Ada.Okafor@EXAMPLE.COM",
    "quoted local part": '"ada okafor"@example.com',
    "domain literal": "ada@[192.0.2.1]",
    "domain without a dot": "ada@localhost",
    "white space around it": " ada.spaces@example.com ",
    "no at sign": "ada.example.com",
    "nothing": "",
    "null": None,
}

PHONES = {
    "extension": ("+12065550142", "12"),
    "extension in the number": ("+12065550143 x34", None),
    "extension as an address": ("tel:+1-206-555-0144;ext=99", None),
    "British number with an extension": ("+442079460958", "7"),
    "British number as it is dialled": ("020 7946 0959 ext. 4", None),
    "Australian number": ("+61 2 5550 0100", None),
    "wide digits": ("＋１２０６５５５０１４５", None),  # noqa: RUF001 - the point of it
    "words": ("ask for Ada", None),
    "nothing": ("", ""),
    "null": (None, None),
}
"""What is odd about a number, then its `Value` and `Extension`."""

DATES = {
    "offset behind": "2025-03-01T23:30:00-11:00",
    "offset ahead": "2025-03-01T00:15:00+14:00",
    "offset of quarter hours": "2025-03-01T12:00:00+05:45",
    "offset of minus zero": "2025-03-01T12:00:00-00:00",
    "seven digits": "2025-03-01T12:00:00.1234567Z",
    "no zone": "2025-03-01T12:00:00",
    "day alone": "2025-03-01",
    "lower case": "2025-03-01t12:00:00z",
    "leap second": "2025-06-30T23:59:60Z",
    "hour 24": "2025-03-01T24:00:00Z",
    "first moment": "0001-01-01T00:00:00",
    "last moment": "9999-12-31T23:59:59.9999999Z",
    "nothing": "",
    "words": "as soon as possible",
}

LONG = "A sentence that goes on. " * 12_000
"""300 kB, longer than an index row may be."""
