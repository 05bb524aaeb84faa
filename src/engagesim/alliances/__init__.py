"""Whom to bring together: who could join a lasting coalition, what wins each over, and whom to approach first."""
