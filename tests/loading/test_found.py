"""`ties_found.csv`: every tie is loaded or quarantined with file, line and remedy."""

import json
from pathlib import Path

import pytest

from orchestration.loading.found import item_of, read_found, rejected_ties
from orchestration.loading.inputs import fingerprints
from orchestration.loading.problems import RawError

HEADER = "rule,stated,inputs,origin,operator,bound,periods,verdict,explanation_code,confidence,sha256\n"
KNOWN = {"s/a", "s/b", "s/c", "s/r:low", "s/r:high"}


def read(tmp_path: Path, *lines: str):
    path = tmp_path / "s" / "ties_found.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return read_found(path, tmp_path, "s", KNOWN, {})


def test_a_tie_is_a_relation_whose_id_says_how_it_was_found(tmp_path):
    terms, problems, count = read(tmp_path, "growth,s/a,s/b|s/c,text,x,yes,,agree,,1,0")
    assert problems == [] and count == 1
    assert [(t.role, t.figure_id) for t in terms] == [("stated", "s/a"), ("from", "s/b"), ("to", "s/c")]
    assert terms[0].relation_id.startswith("s/found.text.a.")


def test_ids_do_not_depend_on_the_order_of_the_file(tmp_path):
    one, two = "sum,s/a,s/b|s/c,table,x,yes,,agree,,1,0", "repeat,s/a,s/b,cluster,x,no,,agree,,1,0"
    there = {t.relation_id for t in read(tmp_path, one, two)[0]}
    assert there == {t.relation_id for t in read(tmp_path, two, one)[0]} and len(there) == 2


def test_the_parts_of_a_found_sum_are_all_of_it_and_a_range_reaches_from_end_to_end(tmp_path):
    terms, _, _ = read(tmp_path, "sum,s/a,s/r|s/b,table,x,yes,,agree,,1,0")
    assert {t.covers for t in terms} == {"all"}
    assert ("s/r:low", "s/r:high") in {(t.figure_id, t.figure_id_high) for t in terms}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("growth,s/a,s/b|s/gone,text,x,yes,,agree,,1,0", "there is no figure 's/gone'"),
        ("growth,s/a", "the line has 2 cells, the header 11"),
        ("growth,s/a,s/b,text,x,yes,,agree,,1,0", "growth takes 2 inputs, not 1"),
        ("guess,s/a,s/b,text,x,yes,,agree,,1,0", "unknown rule 'guess'"),
        ("repeat,s/a,s/b,oracle,x,yes,,agree,,1,0", "unknown origin 'oracle'"),
        ("repeat,s/a,t/b,text,x,yes,,agree,,1,0", "'t/b' is no figure of s"),
        ("repeat,s/a,s/a,text,x,yes,,agree,,1,0", "compared with itself"),
        ("cagr,s/a,s/b|s/c,text,x,yes,many,agree,,1,0", "years"),
    ],
)
def test_a_wrong_line_is_set_aside_with_its_place_and_the_rest_goes_on(tmp_path, line, said):
    terms, problems, count = read(tmp_path, line, "repeat,s/a,s/c,cluster,x,no,,agree,,1,0")
    assert count == 2 and {t.rule for t in terms} == {"repeat"}
    (problem,) = problems
    assert said in problem.message and problem.line == 2 and problem.file == "s/ties_found.csv"
    assert "ai-figures ties s" in problem.remedy


def test_a_tie_that_stands_twice_is_loaded_once(tmp_path):
    line = "repeat,s/a,s/c,cluster,x,no,,agree,,1,0"
    terms, problems, count = read(tmp_path, line, line)
    assert count == 2 and len(problems) == 1 and len({t.relation_id for t in terms}) == 1


def test_a_tie_that_a_person_rejected_is_left_out_as_long_as_it_says_the_same(tmp_path):
    lines = ("growth,s/a,s/b|s/c,text,x,yes,,agree,,1,0", "repeat,s/a,s/c,cluster,x,no,,agree,,1,0")
    read(tmp_path, *lines)
    cells = dict(zip(HEADER.strip().split(","), lines[1].split(","), strict=True))
    name, digest = item_of(cells)
    journal = [{"item": name, "hash": digest, "what": "reject"}, {"item": "tie:other", "hash": "", "what": "reject"}]
    (tmp_path / "decisions.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in journal))
    path, rejected = tmp_path / "s" / "ties_found.csv", rejected_ties(tmp_path)
    terms, problems, count = read_found(path, tmp_path, "s", KNOWN, {}, rejected)
    assert ({t.rule for t in terms}, problems, count) == ({"growth"}, [], 1)
    path.write_text(path.read_text().replace("cluster,x,no,,agree", "cluster,x,no,,disagree"))
    assert read_found(path, tmp_path, "s", KNOWN, {}, rejected)[2] == 2
    with (tmp_path / "decisions.jsonl").open("a") as handle:
        handle.write(json.dumps({"item": name, "hash": digest, "what": "undo"}) + "\n")
    assert rejected_ties(tmp_path) == {("tie:other", "")}


def test_a_rejected_tie_is_an_input_of_its_source_alone(tmp_path):
    sources = {"s": None, "t": None}
    before = fingerprints(tmp_path, sources)
    line = {"item": "tie:growth:s/a<s/b|s/c", "hash": "1", "what": "reject"}
    (tmp_path / "decisions.jsonl").write_text(json.dumps(line) + "\n")
    after = fingerprints(tmp_path, sources)
    assert (after["s"] != before["s"], after["t"]) == (True, before["t"])


def test_a_file_without_a_column_is_refused_as_a_whole(tmp_path):
    path = tmp_path / "s" / "ties_found.csv"
    path.parent.mkdir()
    path.write_text("rule,stated\nrepeat,s/a\n", encoding="utf-8")
    with pytest.raises(RawError, match="inputs is missing"):
        read_found(path, tmp_path, "s", KNOWN, {})
