"""Peak compute that counts sparsity is twice the dense one: where a figure does, what is compared with it says so."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from orchestration.site.words import Label, label

if TYPE_CHECKING:
    from orchestration.site.warehouse import Row, Warehouse
    from orchestration.site.words import Registry

_COMPUTE = ("FLOPS", "OPS")


def told_bases(warehouse: "Warehouse") -> dict[str, str]:
    """By figure whose report says neither dense nor sparse, the basis that an outside reference of its value gives."""
    if not warehouse.has("hardware.chip_sparsity"):
        return {}
    rows = warehouse.rows("select figure_id, told_basis from hardware.chip_sparsity")
    told = {row["figure_id"]: row["told_basis"] for row in rows}
    # the table holds the first print of a statement; its other prints say the same
    return told | {
        name: told[row["statement_id"]] for name, row in warehouse.figures.items() if row.get("statement_id") in told
    }


def caveat(registry: "Registry", told: dict[str, str], compared: Iterable["Row"]) -> Label:
    """What a ratio of compute leaves out; nothing where all of it, or none of it, counts sparsity."""
    compute = [row for row in compared if row["unit"] in _COMPUTE]
    sparse = [row for row in compute if "sparse" in (told.get(row["figure_id"]) or row["basis"] or "")]
    if not sparse or len(sparse) == len(compute):
        return label("")
    first = sparse[0]
    chip = registry.entity(first["entity"])
    return label(
        f" But {first['printed']} of {chip.en} counts sparsity, and the other value does not say so; dense it is half.",
        f"但{chip.zh}的 {first['printed']} 计入稀疏性，另一数值未如此说明；稠密值为其一半。",
    )


__all__ = ["caveat", "told_bases"]
