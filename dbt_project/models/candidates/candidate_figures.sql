-- What the machine read in the documents of the inbox; nobody has confirmed it, and no other model refers to it.
select *
from {{ source('raw', 'candidate_figures') }}
