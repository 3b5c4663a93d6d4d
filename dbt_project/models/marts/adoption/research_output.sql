-- Patents, papers, talent and research institutions.
{{ statements_of('research_output') }}
