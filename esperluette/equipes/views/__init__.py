"""Les écrans de l'équipe : une vue traduit une requête en geste, et un refus en phrase."""
