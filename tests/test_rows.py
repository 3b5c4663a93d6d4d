"""What an analyst may rely on in every published row, whatever the reports print."""

from pathlib import Path

import duckdb
import pytest

from orchestration.settings import Settings


@pytest.fixture(scope="module")
def warehouse(shipped_build: Settings) -> Path:
    return shipped_build.published_file


def rows(warehouse: Path, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_thing_has_the_country_of_its_maker(warehouse: Path) -> None:
    """A blank cell of the registry hid the country of every model and chip."""
    blank = rows(
        warehouse,
        "select distinct f.entity from core.figures as f inner join reference.entities as e using (entity)"
        " where e.kind in ('company', 'group', 'fund', 'policy') or e.maker is not null"
        " group by f.entity, f.entity_country having f.entity_country is null or f.entity_country = ''",
    )
    assert not blank


def test_a_price_or_specification_of_a_product_is_of_no_place(warehouse: Path) -> None:
    """The home of its maker is entity_country; geography is where the quantity is of."""
    placed = rows(
        warehouse,
        "select figure_id from core.figures inner join reference.entities using (entity)"
        " where geography is not null and kind in ('model', 'chip', 'product') and indicator in"
        " ('model_price', 'context_length', 'model_parameters', 'chip_performance', 'process_node', 'physical_spec')",
    )
    assert not placed
