"""The web app in the two commands: Node from a wheel, its packages, the build, its checks.

Of the standard library alone: `./dev run` calls it before anything of Quid runs.
"""

LEFT_OUT = 77  # the status of a command that had no Node to work with
