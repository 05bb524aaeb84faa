"""People, posts and ties: all state variables, the social graph, and the user's files of people and ties."""
