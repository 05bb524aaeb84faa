"""Whom to bring together: who could join a lasting coalition, what wins each of them over, and in which order."""
