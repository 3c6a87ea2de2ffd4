"""Demander des compléments, y répondre : les verbes, un module par côté."""
