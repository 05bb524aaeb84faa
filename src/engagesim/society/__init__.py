"""People, posts and ties: every state variable, the social graph, the user's files of people and ties."""
