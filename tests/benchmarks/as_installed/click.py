"""Stands before click, which only the tools of development bring: a user's httpx does not find it.

Where it does, it reads half of rich and Pygments for a command line of its own: three megabytes.
"""

raise ImportError("not there for who installs the program alone")
