"""Spindle: an open data commons for inflammatory myofibroblastic tumour (IMT).

Research use, not a medical device. Spindle advises and never decides.
"""

__version__ = "0.1.0"
