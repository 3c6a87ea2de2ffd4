"""Les écrans de l'administration d'une région."""
