"""The screens: widgets and calls, no computation.

With this file it is found before another package of its name that stands later on the path; a folder without one would not be.
"""
