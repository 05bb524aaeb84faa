"""What the results of a study say: coalitions over time, effects, sensitivity, boundaries."""
