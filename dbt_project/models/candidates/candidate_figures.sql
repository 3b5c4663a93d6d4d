-- What the machine read in the documents of the inbox; nobody has confirmed it, and no other model refers to it.
select {{ contract_columns(model) }}
from {{ source('raw', 'candidate_figures') }}
