"""Print where Chromium is, with fonts that have Chinese; install them where they are missing and that is possible.

It is possible as root where there is apt-get (Debian, Ubuntu). Elsewhere one line says what to install.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk", "fontconfig")


def main() -> int:
    if not ready() and not install():
        what = f"apt-get install {' '.join(PACKAGES)}"
        print(
            f"there is no Chromium with Chinese fonts here, and nobody to install it (as root: {what})", file=sys.stderr
        )
        return 1
    print(browser())
    return 0


def browser() -> str | None:
    """Return the browser's path: what CHROMIUM names, else the first there is."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM") or "", *NAMES))), None)


def ready() -> bool:
    return browser() is not None and has_chinese()


def has_chinese() -> bool:
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(found.stdout.strip())


def install() -> bool:
    """Install what is missing, if we may; return whether all is there then."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"installing {' '.join(PACKAGES)}; this takes a minute", file=sys.stderr, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip(), file=sys.stderr)
            return False
    return ready()


if __name__ == "__main__":
    sys.exit(main())
