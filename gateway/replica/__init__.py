"""The replica: what was read from an ATS, kept with its age; the source that reads through it; sync and changes."""
