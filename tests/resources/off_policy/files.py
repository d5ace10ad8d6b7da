"""A log and a target as CSV, of which a test changes what it is about."""

from pathlib import Path

LOG = """\
decision,user,x.area,x.hour,action,propensity,reward
d1,u1,work,8,a,0.5,1
d2,u1,sleep,23,b,0.25,0
d3,u2,work,,a,0.5,0
d4,u3,food,12,c,0.25,
"""
TARGET = """\
action,probability
a,0.2
b,0.3
c,0.5
"""


def written(path: Path, text: str) -> Path:
    """Return the path of a new file with this text."""
    path.write_text(text)
    return path
