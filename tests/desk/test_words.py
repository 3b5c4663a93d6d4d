"""What the desk says: every sentence in both languages, with the same places to fill in; no sentence in the code."""

import re
import string

import yaml

from orchestration.desk import words
from tests.conftest import PROJECT

_DESK = PROJECT / "orchestration" / "desk"


def _sentences():
    return yaml.safe_load((_DESK / "words.yml").read_text(encoding="utf-8"))


def test_both_languages_say_the_same():
    def holes(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    for key, said in _sentences().items():
        assert set(said) == set(words.LANGUAGES), key
        assert holes(said["en"]) == holes(said["zh"]), key


def test_every_sentence_is_there_and_is_used():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (*_DESK.glob("*.py"), *_DESK.glob("templates/*")))
    asked = set(re.findall(r"""(?:\bt\(|say\([^()"']*|Error\()["']([a-z_]+\.[a-z_.]+)["'][,)]""", code))
    assert len(asked) > 60
    assert asked <= set(_sentences())
    built = ("field.", "answer.", "frame.question.", "issues.but.", "origin.", "operator.", "verdict.", "code.")
    unused = [key for key in _sentences() if f'"{key}"' not in code and f"'{key}'" not in code]
    assert [key for key in unused if not key.startswith(built)] == []
