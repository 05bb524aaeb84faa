"""People, posts and ties: every state variable, the social graph, and the user's files of people and ties."""
