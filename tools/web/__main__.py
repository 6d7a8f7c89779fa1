"""`python -m tools.web build | check | test | types | lock`: one line when all is well.

Where there is no Node and none can be had it says so and ends with 77, unless QUID_REQUIRE
names `node`.
"""

import os
import sys
from collections.abc import Callable

from tools.web import LEFT_OUT, build, lock
from tools.web.node import NoNodeError
from tools.web.trouble import Trouble, run, say


def start(words: list[str]) -> None:
    """Build for `./dev run`, which starts without the web app if it must."""
    try:
        make(words)
    except Trouble as e:
        say(f"{e}\ndev: so the API starts without the web app")


def make(_: list[str]) -> None:
    """Bring `web/dist` up to date."""
    build.build()


def check(_: list[str]) -> None:
    """Check the sources, build them, and hold the build to its budgets."""
    env = build.packages()
    drift()
    run("the web app's sources", "npm", "run", "-s", "check", cwd=build.WEB, env=env)
    build.build()
    print(run("the built web app", "npm", "run", "-s", "budget", cwd=build.WEB, env=env), end="")


def drift() -> None:
    """Hold the types of the API to its description."""
    before = build.types()
    if build.SCHEMA.read_bytes() != before:
        build.SCHEMA.write_bytes(before)
        raise Trouble("web/src/api/schema.d.ts is not of docs/api/openapi.json: ./dev gen web")


def test(words: list[str]) -> None:
    """Run the tests of the web app's parts."""
    env = build.packages()
    command = ("npm", "test", "-s", "--", *words)
    print(run("the web app's tests", *command, cwd=build.WEB, env=env), end="")


def types(_: list[str]) -> None:
    """Write the types of the API for the web app."""
    build.types()


def relock(_: list[str]) -> None:
    """Write the locks anew, after a change of a package.json."""
    for folder in (build.WEB, build.TYPES, build.WEB / "tools" / "chromium"):
        lock.make(folder)


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "start": start,
    "build": make,
    "check": check,
    "test": test,
    "types": types,
    "lock": relock,
}


def main(words: list[str]) -> int:
    """Carry out one command and return the exit status."""
    if not words or words[0] not in COMMANDS:
        sys.exit(f"tools.web: one of {', '.join(COMMANDS)}")
    try:
        COMMANDS[words[0]](words[1:])
    except NoNodeError as e:
        print(f"node: {e}")
        return 1 if "node" in os.environ.get("QUID_REQUIRE", "").split(",") else LEFT_OUT
    except Trouble as e:
        print(e)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
