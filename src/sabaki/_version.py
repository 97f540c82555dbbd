"""The version of Sabaki: the one place where it stands."""

VERSION = "0.1.0"
