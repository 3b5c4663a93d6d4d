-- What could explain a disagreement: every candidate that fits inside the printed intervals, with its rank.
-- Lower ranks are likelier; a candidate that changes less stands before one that changes more. A candidate must also be
-- unlikely to fit by chance: where the printed intervals are wide, anything fits and nothing is explained.
-- Every join is by key (comparison, series, line), so that the search is linear in the number of disagreements.
{{ candidates_of([
    ref('int_explanations__kind'),
    ref('int_explanations__rate'),
    ref('int_explanations__size'),
    ref('int_explanations__other_figure'),
    ref('int_explanations__misprint'),
]) }}
