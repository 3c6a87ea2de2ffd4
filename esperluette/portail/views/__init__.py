"""Les pages publiques, un module par domaine. Aucune n'écrit."""
