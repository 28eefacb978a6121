#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Opens a page of `trujaman plot` in headless Chromium and does what a reader does.

    browser.py PAGE [SCREENSHOT]

Speaks the WebDriver protocol with chromedriver, by the standard library alone. The page shall be
that of a sentence whose first source piece is "Let". Exit status 1 if something does not hold.
"""

import base64
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    def __init__(self, port, dark):
        self.base = f"http://127.0.0.1:{port}"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     "--window-size=1000,1200", "--force-color-profile=srgb",
                     "--host-resolver-rules=MAP * ~NOTFOUND",
                     "--user-data-dir=" + tempfile.mkdtemp(dir=".")]
        if dark:
            arguments.append("--blink-settings=preferredColorScheme=0")
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments},
                  "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.ask("/session", {"capabilities": {"alwaysMatch": wanted}})
        self.base += "/session/" + session["sessionId"]

    def ask(self, path, body=None, method="POST"):
        request = urllib.request.Request(
            self.base + path, None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def run(self, script):
        return self.ask("/execute/sync", {"script": script, "args": []})

    def find(self, selector):
        return self.ask("/element", {"using": "css selector", "value": selector})

    def point_at(self, selector):
        self.ask("/actions", {"actions": [{
            "type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"},
            "actions": [{"type": "pointerMove", "duration": 0, "x": 0, "y": 0,
                         "origin": self.find(selector)}]}]})

    def press(self, *keys):
        moves = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("/actions", {"actions": [{"type": "key", "id": "keys", "actions": moves}]})

    def screenshot(self, name):
        pathlib.Path(name).write_bytes(base64.b64decode(self.ask("/screenshot", method="GET")))

    def close(self):
        self.ask("", method="DELETE")


def check(what, holds):
    if not holds:
        sys.exit(f"browser.py: this does not hold: {what}")


def read(browser, page, dark):
    browser.ask("/url", {"url": pathlib.Path(page).resolve().as_uri()})
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    check(f"the ground is {'dark' if dark else 'light'}: {ground}",
          (sum(map(int, re.findall(r"\d+", ground)[:3])) < 300) == dark)
    size = browser.run("const r=document.querySelector('svg').getBoundingClientRect();"
                       "return [r.width, r.height, document.querySelectorAll('.x i')[0]"
                       ".getBoundingClientRect().width]")
    check(f"the heat map has a size: {size}", size[0] >= 28 and size[1] >= 28 and size[2] == 28)
    # Hovering.
    browser.point_at(".x i")
    check("hovering lights the word itself",
          browser.run("return document.querySelector('.x i').classList.contains('g')"))
    check("and a partner of it",
          browser.run("return document.querySelectorAll('.y i[style]').length") > 0)
    told = browser.run("return document.querySelector('output').textContent")
    check(f"and tells which: {told}", re.match(r"Let's \u2192 .+ \d+ %", told))
    browser.point_at("h1")
    check("and it goes out again", browser.run(
        "return document.querySelectorAll('i[style],i.g').length+"
        "document.querySelector('output').textContent.length") == 0)
    # The same by keys.
    browser.run("document.querySelector('.y i').focus()")
    told = browser.run("return document.querySelector('output').textContent")
    check(f"focus tells what a word looked at: {told}", re.match(r".+ \u2190 .+ \d+ %", told))
    browser.press("\ue015")
    check("an arrow key goes to the next piece", browser.run(
        "return document.activeElement===document.querySelectorAll('.y i')[1]"))
    browser.point_at("svg")
    check("the heat map lights words, too",
          browser.run("return document.querySelectorAll('i.g').length") > 0)
    # Whatever is wide scrolls by itself.
    check("the page is no wider than its window", browser.run(
        "return document.documentElement.scrollWidth<=document.documentElement.clientWidth"))
    check("nothing was fetched", browser.run(
        "return performance.getEntriesByType('resource').length") == 0)
    noise = browser.ask("/se/log", {"type": "browser"})
    check(f"the console is silent: {noise}", not noise)


def main(page, screenshot=None):
    driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    try:
        port = None
        for line in driver.stdout:
            found = re.search(r"on port (\d+)", line)
            if found and found[1] != "0":
                port = found[1]
                break
        check("chromedriver begins", port is not None)
        for dark in (False, True):
            browser = Browser(port, dark)
            try:
                read(browser, page, dark)
                if screenshot is not None:
                    browser.point_at(".y i")
                    browser.screenshot(f"{screenshot}-{'dark' if dark else 'light'}.png")
            finally:
                browser.close()
    finally:
        driver.terminate()
        driver.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
