"""Printed periods, and what holds for all of them."""

import calendar
from datetime import date
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.figures import Period, PeriodError, fiscal_days, parse_period

KNOWN = [
    # years
    ("2024", "2024", "2024-01-01", "2024-12-31"),
    ("２０２４年", "2024", "2024-01-01", "2024-12-31"),
    ("24年", "2024", "2024-01-01", "2024-12-31"),
    ("2024年度", "2024", "2024-01-01", "2024-12-31"),
    ("2024年全年", "2024", "2024-01-01", "2024-12-31"),
    ("2024A", "2024", "2024-01-01", "2024-12-31"),
    ("FY25", "FY2025", "2025-01-01", "2025-12-31"),
    ("FY2025", "FY2025", "2025-01-01", "2025-12-31"),
    ("2025财年", "FY2025", "2025-01-01", "2025-12-31"),
    # halves and quarters
    ("2023H1", "2023H1", "2023-01-01", "2023-06-30"),
    ("1H25", "2025H1", "2025-01-01", "2025-06-30"),
    ("2H25", "2025H2", "2025-07-01", "2025-12-31"),
    ("2024年上半年", "2024H1", "2024-01-01", "2024-06-30"),
    ("2024年下半年", "2024H2", "2024-07-01", "2024-12-31"),
    ("2024Q1", "2024Q1", "2024-01-01", "2024-03-31"),
    ("1Q24", "2024Q1", "2024-01-01", "2024-03-31"),
    ("Q3 2024", "2024Q3", "2024-07-01", "2024-09-30"),
    ("2024年第一季度", "2024Q1", "2024-01-01", "2024-03-31"),
    ("2024年四季度", "2024Q4", "2024-10-01", "2024-12-31"),
    ("2024年前三季度", "2024-01/2024-09", "2024-01-01", "2024-09-30"),
    ("9M24", "2024-01/2024-09", "2024-01-01", "2024-09-30"),
    # months and days
    ("2024-07", "2024-07", "2024-07-01", "2024-07-31"),
    ("2024年2月", "2024-02", "2024-02-01", "2024-02-29"),
    ("2023年02月底", "2023-02", "2023-02-01", "2023-02-28"),
    ("2024-07-31", "2024-07-31", "2024-07-31", "2024-07-31"),
    ("2024/7/31", "2024-07-31", "2024-07-31", "2024-07-31"),
    ("2024年7月31日", "2024-07-31", "2024-07-31", "2024-07-31"),
    # as of
    ("as of 2024-12-31", "2024-12-31", "2024-12-31", "2024-12-31"),
    ("截至2024年12月31日", "2024-12-31", "2024-12-31", "2024-12-31"),
    ("截至2024年底", "2024-12", "2024-12-01", "2024-12-31"),
    ("2024年末", "2024-12", "2024-12-01", "2024-12-31"),
    ("by 2030", "2030", "2030-01-01", "2030-12-31"),
    ("到2030年", "2030", "2030-01-01", "2030-12-31"),
    # spans
    ("2019-2023", "2019-2023", "2019-01-01", "2023-12-31"),
    ("2019—2023年", "2019-2023", "2019-01-01", "2023-12-31"),
    ("2019年至2023年", "2019-2023", "2019-01-01", "2023-12-31"),
    ("2023至2030年间", "2023-2030", "2023-01-01", "2030-12-31"),
    ("2023/2030", "2023-2030", "2023-01-01", "2030-12-31"),
    ("2023-30", "2023-2030", "2023-01-01", "2030-12-31"),
    ("2023/24", "2023-2024", "2023-01-01", "2024-12-31"),
    ("2023-06/2024-08", "2023-06/2024-08", "2023-06-01", "2024-08-31"),
    ("2023年6月至8月", "2023-06/2023-08", "2023-06-01", "2023-08-31"),
    ("2024年1-9月", "2024-01/2024-09", "2024-01-01", "2024-09-30"),
    ("2023年6月-2024年8月", "2023-06/2024-08", "2023-06-01", "2024-08-31"),
    ("2024Q1/2024Q3", "2024Q1/2024Q3", "2024-01-01", "2024-09-30"),
    ("2024Q1-Q3", "2024Q1/2024Q3", "2024-01-01", "2024-09-30"),
]


@pytest.mark.parametrize(("printed", "label", "start", "end"), KNOWN, ids=[row[0] for row in KNOWN])
def test_known_forms(printed: str, label: str, start: str, end: str) -> None:
    assert parse_period(printed) == Period(label, date.fromisoformat(start), date.fromisoformat(end))


FISCAL = [
    ("FY2025", "12-31", "2025-01-01", "2025-12-31"),
    ("FY2025", "03-31", "2024-04-01", "2025-03-31"),
    ("FY2026", "01-31", "2025-02-01", "2026-01-31"),
    ("FY2025Q4", "06-30", "2025-04-01", "2025-06-30"),
    ("FY2025Q1", "09-30", "2024-10-01", "2024-12-31"),
    ("FY2024H1", "03-31", "2023-04-01", "2023-09-30"),
    ("FY2024", "02-29", "2023-03-01", "2024-02-29"),
    ("FY2025Q1-FY2025Q3", "01-31", "2024-02-01", "2024-10-31"),
    ("FY2024Q4-FY2025Q1", "03-31", "2024-01-01", "2024-06-30"),
    ("FY2025Q1-FY2025Q3", "", None, None),
    ("FY2025", "", None, None),
    ("2025", "03-31", None, None),
]


@pytest.mark.parametrize("printed", ["9M FY25", "9MFY2025", "FY2025Q1-FY2025Q3"])
def test_quarters_of_a_fiscal_year_are_a_period(printed: str) -> None:
    assert parse_period(printed) == Period("FY2025Q1-FY2025Q3", None, None)


def test_a_fiscal_span_does_not_end_before_it_starts() -> None:
    with pytest.raises(PeriodError, match="ends before"):
        parse_period("FY2025Q3-FY2025Q1")


@pytest.mark.parametrize(("label", "year_end", "start", "end"), FISCAL)
def test_fiscal_periods_follow_the_calendar_of_the_issuer(
    label: str, year_end: str, start: str | None, end: str | None
) -> None:
    days = fiscal_days(label, year_end)
    assert [day and day.isoformat() for day in days] == [start, end]


FORECASTS = ["2024E", "2024e", "2024F", "2024P", "2024年预计", "2024（E）", "2024年E", "FY25E", "2H25E", "2024Q1E"]


@pytest.mark.parametrize("printed", [*FORECASTS, "2023-2030E", "2023E-2030E", "2023E-2030", "2024E/2025E"])
def test_forecast_marks(printed: str) -> None:
    assert parse_period(printed).forecast


@pytest.mark.parametrize("label", ["", "  ", "T", "T+5", "T+12"])
def test_no_dates(label: str) -> None:
    assert parse_period(label) == Period(label.strip(), None, None)


REFUSED = [
    ("abc", "'abc' is no period; write it like 2024, 2024H1"),
    ("20245", "is no period"),
    ("2024Q5", "is no period"),
    ("2024H3", "is no period"),
    ("今年", "is no period"),
    ("2024-", "is no period"),
    ("/", "is no period"),
    ("2024-13", "no such date"),
    ("2024-00", "no such date"),
    ("2024-02-30", "no such date"),
    ("2023年2月29日", "no such date"),
    ("2030-2020", "ends before it starts"),
    ("2024-07/2024-06", "ends before it starts"),
    ("1799", "no year of this project"),
    ("2201", "no year of this project"),
    ("2024" * 20, "is no period"),
]


@pytest.mark.parametrize(("printed", "message"), REFUSED, ids=[row[0][:20] for row in REFUSED])
def test_refused_with_a_message(printed: str, message: str) -> None:
    with pytest.raises(PeriodError, match=message):
        parse_period(printed)


years = st.integers(1900, 2100)


@given(
    year=years,
    month=st.integers(1, 12),
    day=st.integers(1, 31),
    form=st.sampled_from(("{}-{:02d}-{:02d}", "{}年{}月{}日", "{}/{}/{}", "{}.{}.{}")),
)
def test_every_day_reads_as_itself(year: int, month: int, day: int, form: str) -> None:
    text = form.format(year, month, day)
    if day > calendar.monthrange(year, month)[1]:
        with pytest.raises(PeriodError, match="no such date"):
            parse_period(text)
        return
    expected = date(year, month, day)
    assert parse_period(text) == Period(expected.isoformat(), expected, expected)


@given(
    first=years,
    second=years,
    dash=st.sampled_from(("-", "–", "—", "~", "至", "到", "年-", "年至")),
    mark=st.sampled_from(("", "年", "E", "F")),
)
def test_span_of_years(first: int, second: int, dash: str, mark: str) -> None:
    text = f"{first}{dash}{second}{mark}"
    if second < first:
        with pytest.raises(PeriodError, match="before it starts"):
            parse_period(text)
        return
    period = parse_period(text)
    assert (period.start, period.end) == (date(first, 1, 1), date(second, 12, 31))
    assert period.forecast == (mark in ("E", "F"))


@given(text=st.one_of(st.text(max_size=45), st.text("0123456789-/年月日QHFYETM+至到.底末季度上半年前三", max_size=20)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        period = parse_period(text)
    except PeriodError as error:
        assert str(error)
        return
    assert (period.start is None) == (period.end is None)
    if period.start is not None and period.end is not None:
        assert period.start <= period.end
    # the canonical label means the same again: it is what the warehouse keeps
    again = parse_period(period.label)
    assert (again.label, again.start, again.end) == (period.label, period.start, period.end)


@pytest.mark.parametrize("piece", ["2", "2024-", "2024年", "/", "T+", " ", "截至", "E", "年间"])
def test_time_grows_with_the_length_at_most(piece: str) -> None:
    started = perf_counter()
    with pytest.raises(PeriodError) if piece != " " else pytest.MonkeyPatch.context():
        parse_period(piece * 300_000)
    # what grows with the square takes minutes here; ten seconds is no measure of speed
    assert perf_counter() - started < 10
