# SPDX-License-Identifier: MIT
"""XLIFF for the tests, judged by Python's own parser.

    xliff.py make FOLDER N       writes N files, of both versions, the same in each run
    xliff.py check FILE OUT      whether OUT is FILE with targets: codes as in their sources, the
                                 same tree otherwise; prints how many targets came
"""
import random
import re
import sys
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

WORDS = "We went to the old market & her brother was there again < before us .".split()
NAMESPACE = "urn:oasis:names:tc:xliff:document:"
CODES = {
    1: ['<x id="{}"/>', '<ph id="{}">&lt;b></ph>', '<g id="{}">',
        '<it id="{}" pos="open">a</it>',
        '<bx id="{0}"/>a word<ex id="{0}"/>', '<bpt id="{0}">(</bpt>one<ept id="{0}">)</ept>',
        '<mrk mtype="protected" mid="{}">No</mrk>', '<mrk mtype="term" mid="{}">'],
    2: ['<ph id="{}"/>', '<pc id="{}">', '<cp hex="0001"/>',
        '<sc id="{0}"/>a word<ec startRef="{0}"/>', '<mrk id="m{}" translate="no">No</mrk>',
        '<mrk id="m{}" type="term">', '<sc id="{}" isolated="yes"/>'],
}


def words(r):
    text = " ".join(r.choice(WORDS) for _ in range(r.randint(1, 6)))
    if r.random() < 0.1:
        return f"<![CDATA[{text}]]>"
    return escape(text) + ("<!-- c -->" if r.random() < 0.1 else "")


def content(r, version, count, depth=0):
    parts = []
    for _ in range(r.randint(1, 3)):
        parts.append(words(r))
        if depth < 3 and r.random() < 0.5:
            count[0] += 1
            code = r.choice(CODES[version]).format(count[0])
            name = code[1:].split()[0].rstrip("/>")
            if not code.endswith(("/>", f"</{name}>")) and name in ("g", "pc", "mrk"):
                code += content(r, version, count, depth + 1) + f"</{name}>"
            parts.append(code)
    return r.choice(["", " "]).join(parts)


def unit(r, version, number):
    target = r.choice(["", "", "<target/>", "<target> </target>", "<target>Ya</target>"])
    source = f"<source>{content(r, version, [0])}</source>"
    if version == 1:
        no = r.choice(["", "", "", ' translate="no"', ' approved="yes"'])
        return (f'<trans-unit id="{number}"{no}>\n  {source}\n  {target}\n  <note>Keep this</note>'
                f"<alt-trans><source>Not</source><target>No</target></alt-trans></trans-unit>\n")
    state = r.choice(["", "", ' state="initial"', ' state="final"'])
    return (f'<unit id="{number}"><notes><note>Keep this</note></notes><segment{state}>\n  {source}'
            f"\n{target}</segment><ignorable><source> </source></ignorable></unit>\n")



def make(folder, n):
    for i in range(n):
        r = random.Random(i)
        version = 1 + i % 2
        body = "".join(unit(r, version, k) for k in range(r.randint(1, 4)))
        languages = ('version="2.0" srcLang="en" trgLang="es"', 'version="1.2"')[version == 1]
        file = ('id="f"', 'original="a" datatype="x" source-language="en" target-language="es"')[
            version == 1]
        body = body if version == 2 else f"<body>{body}</body>"
        with open(f"{folder}/{i}.xlf", "w", encoding="utf-8") as out:
            out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff {languages} '
                      f'xmlns="{NAMESPACE}{("2.0", "1.2")[version == 1]}"><file {file}>\n{body}'
                      f"</file></xliff>\n")


def name(element):
    return element.tag.split("}")[-1]


def codes(element, parents=()):
    """Each code, and those around it."""
    found = []
    for child in element:
        code = (name(child), tuple(sorted(child.attrib.items())))
        found += [(code, parents)] + codes(child, parents + (code,))
    return found


def pairs_in_order(element):
    open_codes = set()
    for code in element.iter():
        key = code.get("startRef") or code.get("rid") or code.get("id")
        if name(code) in ("bx", "bpt", "sc"):
            open_codes.add(key)
        if name(code) in ("ex", "ept", "ec") and key not in open_codes:
            return False
    return True


def is_empty(target):
    return target is None or ("".join(target.itertext()).strip() == "" and len(target) == 0)


def compare(before, after):
    """Returns the number of targets that came, and takes them out."""
    n = 0
    olds = [e for e in before.iter() if name(e) in ("trans-unit", "segment")]
    news = [e for e in after.iter() if name(e) in ("trans-unit", "segment")]
    assert len(olds) == len(news), "the units are others"
    for old, new in zip(olds, news):
        space = old.tag.split("}")[0] + "}"
        was, target, source = old.find(space + "target"), new.find(space + "target"), new[0]
        if is_empty(target):
            continue
        if not is_empty(was):
            assert ET.tostring(was) == ET.tostring(target), "a target has changed"
            continue
        n += 1
        assert old.get("translate") != "no" and old.get("approved") != "yes"
        assert old.get("state") in (None, "initial")
        state = target.get("state") if name(old) == "trans-unit" else new.get("state")
        assert state in ("needs-review-translation", "translated"), state
        assert sorted(codes(source)) == sorted(codes(target)), ET.tostring(new)
        assert pairs_in_order(target), ET.tostring(new)
        if was is None:
            source.tail = target.tail if source.tail is None else source.tail
            new.remove(target)
        else:
            target.text = was.text
            target[:] = []
            target.attrib.pop("state", None)
        if name(old) == "segment":
            new.attrib.pop("state")
            old.attrib.pop("state", None)
    return n


def check(path, out_path):
    with open(path, "rb") as a, open(out_path, "rb") as b:
        bytes_before, bytes_after = a.read(), b.read()
    before, after = ET.fromstring(bytes_before), ET.fromstring(bytes_after)
    n = compare(before, after)
    as_text = [re.sub(r">\s+<", "><", ET.tostring(e, encoding="unicode")) for e in (before, after)]
    assert as_text[0] == as_text[1], "something else has changed"
    if b"<target" not in re.sub(rb"<alt-trans>.*?</alt-trans>", b"", bytes_before):
        new = rb'\s*<target state="needs-review-translation">.*?</target>'
        assert re.sub(new, b"", bytes_after, flags=re.DOTALL) == bytes_before or \
            b"<segment" in bytes_before, "not byte for byte"
    return n


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        print(sum(check(a, b) for a, b in zip(sys.argv[2::2], sys.argv[3::2])))
