"""Charts over years: no invented path, forecasts apart, and one colour a thing in both languages."""

from itertools import pairwise
from typing import Any

from orchestration.settings import Settings
from orchestration.site.charts import build_charts
from orchestration.site.lines import LABEL_HEIGHT, join, name_ends, shade
from orchestration.site.warehouse import open_warehouse
from orchestration.site.words import Registry, read_registry


def points(*values: tuple[str, int, float]) -> list[dict[str, Any]]:
    return [{"series": series, "start": year, "year": year, "y": y} for series, year, y in values]


def test_no_line_runs_through_two_values_of_one_year() -> None:
    path = points(
        ("a", 2026, 1.0), ("a", 2027, 2.0), ("a", 2028, 3.0), ("a", 2028, 9.0), ("a", 2029, 4.0), ("a", 2030, 5.0)
    )
    join(path, ["actual"] * len(path))
    assert [(item["from_year"], item["year"]) for item in path if "from_year" in item] == [(2026, 2027), (2029, 2030)]


def test_one_value_printed_twice_is_no_contradiction() -> None:
    path = points(("a", 2027, 2.0), ("a", 2028, 3.0), ("a", 2028, 3.0))
    join(path, ["actual"] * 3)
    assert [item.get("from_year") for item in path] == [None, 2027, None]


def test_a_line_into_a_forecast_is_told_from_one_between_actuals() -> None:
    path = points(("a", 2023, 1.0), ("a", 2024, 2.0), ("a", 2025, 3.0), ("b", 2025, 3.0))
    join(path, ["actual", "actual", "forecast", "forecast"])
    assert [item.get("ahead") for item in path] == [None, False, True, None]


def test_names_of_lines_that_end_together_stand_apart() -> None:
    path = points(("a · r", 2030, 10.0), ("b · r", 2030, 10.1), ("c · r", 2030, 0.0))
    name_ends(path, 340, log=False)
    assert [item["label"] for item in path] == ["a", "b", "c"]
    step = 10.1 / 340 * LABEL_HEIGHT
    places = sorted(item["label_y"] for item in path)
    assert all(after - before > step * 0.9 for before, after in pairwise(places))


def test_a_name_goes_to_the_wider_side_and_says_its_source_only_where_two_would_be_alike() -> None:
    path = points(("a · r", 2024, 10.0), ("a · s", 2030, 40.0), ("b · s", 2029, 90.0))
    name_ends(path, 340, log=False)
    assert [item["label"] for item in path] == ["a · r", "a · s", "b"]
    assert [item["label_align"] for item in path] == ["left", "right", "right"]  # left: the text begins at the point
    assert [round(item["label_room"], 2) for item in path] == [1.0, 1.0, 0.83]


def band(statuses: list[str], years: list[int]) -> list[Any]:
    from orchestration.site.drawing import Say, chart_of

    path = points(*(("a", year, 1.0) for year in years))
    return shade(Say("en", Registry.__new__(Registry)), chart_of(path), path, statuses)


def test_years_of_forecasts_alone_are_shaded() -> None:
    shaded = band(["actual", "forecast"], [2024, 2028])[0].to_dict()["encoding"]
    assert (shaded["x"]["datum"], shaded["x2"]["datum"]) == (2024.5, 2028.3)
    assert band(["actual", "estimate"], [2024, 2025]) == []
    assert band(["forecast", "actual"], [2024, 2025]) == []  # an old forecast of a year that is known by now


def test_a_thing_has_one_place_in_the_order_of_colours_in_both_languages(shipped_build: Settings) -> None:
    with open_warehouse(shipped_build.published_file, shipped_build.dbt_project) as warehouse:
        charts = build_charts(warehouse, read_registry(warehouse), validated=True)
    checked = 0
    for chart in charts.values():
        orders = [colours(spec) for spec in chart.specs.values()]
        for english, chinese in zip(*orders, strict=True):
            checked += 1
            assert english == chinese, chart.chart_id
    assert checked > 10


def colours(spec: dict[str, Any]) -> list[list[list[str]]]:
    """For each colour scale: its names in order, each as the figures that wear it."""
    found = []
    rows = spec["data"]["values"] if "values" in spec.get("data", {}) else []
    for part in [spec, *spec.get("layer", ())]:
        colour = part.get("encoding", {}).get("color", {})
        if "field" in colour and rows:
            names = colour.get("scale", {}).get("domain")
            assert names is not None, "a colour without an order goes by the alphabet of the language"
            found.append(
                [sorted({str(row.get("href")) for row in rows if row[colour["field"]] == name}) for name in names]
            )
    return found


def test_a_value_that_counts_sparsity_has_a_shape_of_its_own(shipped_build: Settings) -> None:
    """1,979 TFLOPS of the H100 are sparse, the 256 of the 910B beside it are not said to be."""
    with open_warehouse(shipped_build.published_file, shipped_build.dbt_project) as warehouse:
        chart = build_charts(warehouse, read_registry(warehouse))["chip-compute"]
    for spec in chart.specs.values():
        bases = {(row["chip"], row["tera"]): row["basis"] for row in spec["data"]["values"]}
        shape = spec["encoding"]["shape"]["scale"]
        shapes = dict(zip(shape["domain"], shape["range"], strict=True))
        assert len(set(shapes.values())) == len(shapes)
        assert bases["NVIDIA H100", 1979] != bases["Huawei Ascend 910B", 256]
        assert shapes[bases["NVIDIA H100", 1979]] != shapes[bases["NVIDIA A100", 312]]
