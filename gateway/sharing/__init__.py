"""What several requests want of the ATS at the same time, asked once.

`single_flight` joins the keys of one question; `source` puts it in front of the ATS where no copies are kept.
"""
