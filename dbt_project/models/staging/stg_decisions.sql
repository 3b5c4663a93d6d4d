-- One row a decided finding.
select
    finding_id,
    decision,
    reason,
    expect_code,
    try_cast(expect_stated as double) as expect_stated,
    try_cast(expect_expected as double) as expect_expected,
    corrected_figure,
    try_cast(corrected_value as double) as corrected_value,
    corrected_unit,
    who,
    try_cast(decided_on as date) as decided_on,
    cast(file_line as integer) as file_line
from {{ source('raw', 'decisions') }}
